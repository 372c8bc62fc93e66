"""How a data set enters the mixture: the options of a recipe, and what is wrong with them."""

from typing import Any

import pytest

from uniner_hf.training.set_options import SetOptions, read_options


def test_groups_stand_for_their_types() -> None:
    groups = {"code": ["class", "function"], "everyday": ["date", "country"]}
    given = {"splits": ["train"], "foreign_types": ["code", "gene"], "pattern_types": ["everyday"], "repeat": 2}
    assert read_options("wnut17", given, groups) == SetOptions(
        ["train"], repeat=2, foreign_types=["class", "function", "gene"], pattern_types=["date", "country"]
    )


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("wnut17", {"splits": ["train"], "repaet": 2}, r"for the set wnut17 splits .* repeat, .*; found \['repaet'"),
        ("wnut17", {}, r"for the set wnut17 splits and, where needed, .*; found \[\]"),
        ("wnut17", {"splits": ["dev"]}, r"splits of wnut17 to be of train, validation, test; found \['dev'\]"),
        ("wnut17", {"splits": []}, r"found \[\]"),
        ("wnut18", {"splits": ["train"]}, "name of a data set, found 'wnut18'; did you mean 'wnut17'"),
        ("wnut17", {"splits": ["train"], "pattern_types": ["mood"]}, r"types with a pattern, .*; found \['mood'\]"),
        (
            "wnut17",
            {"splits": ["train"], "narrower": {"band": ["choir"]}},
            r"narrower to name types of wnut17.*\['band'\]",
        ),
        (
            "wnut17",
            {"splits": ["train"], "left_out_types": ["band"]},
            r"left_out_types to name types of wnut17.*\['band'\]",
        ),
    ],
)
def test_mistakes(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_options(name, given, {})
