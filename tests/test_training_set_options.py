"""How a data set enters the mixture: the options of a recipe, and what is wrong with them."""

from typing import Any

import pytest

from uniner_hf.training.set_options import SetOptions, read_options


def test_groups_stand_for_their_types() -> None:
    groups = {"code": ["class", "function"], "everyday": ["date", "country"]}
    given = {"splits": ["train"], "foreign_types": ["code", "gene"], "pattern_types": ["everyday"], "weight": 2}
    assert read_options("wnut17", given, groups) == SetOptions(
        ["train"], weight=2.0, foreign_types=["class", "function", "gene"], pattern_types=["date", "country"]
    )


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("wnut17", {"splits": ["train"], "wieght": 2}, "the set wnut17: unknown key 'wieght': did you mean weight"),
        ("wnut17", {}, r"for the set wnut17 its splits, such as splits: \[train\], found {}; add them"),
        ("wnut17", {"splits": "train"}, "the set wnut17: expected splits to be a list, found 'train'"),
        ("wnut17", {"splits": ["train"], "hold_out": "no"}, "hold_out to be true or false, found 'no'"),
        (
            "wnut17",
            {"splits": ["train"], "left_out_types": [False]},
            "list of words, found False in it; put it in q",
        ),
        ("wnut17", {"splits": ["train"], "share_of_empty": 30}, "share_of_empty of wnut17 from 0 to 1, found 30"),
        ("wnut17", {"splits": ["train"], "weight": 0}, "weight of wnut17 above 0, found 0.*; remove the source"),
        ("wnut17", {"splits": ["train"], "weight": float("nan")}, "weight of wnut17 above 0, found nan"),
        ("wnut17", {"splits": ["train"], "max_passages": 0}, "max_passages of wnut17 to be at least 1, found 0"),
        ("wnut17", {"splits": ["train"], "max_passages": 2.5}, "max_passages to be a whole number, found 2.5"),
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
