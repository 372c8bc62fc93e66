"""Checks of original files against the catalogue and the paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import BenchmarkRow, find_row
from uniner_hf.benchmark.checking import SplitReport, check_row
from uniner_hf.benchmark.readers.errors import DataFormatError

TRAIN = "Ada\tB-researcher\n\nRome\tB-misc\nburns\tO\n\nAda\tB-researcher\n"
TEST = "Ada\tB-person\n\nJava\tB-programlang\n"


def check(folder: Path, row: BenchmarkRow, train: str = TRAIN, test: str = TEST) -> list[SplitReport]:
    for name, content in (("train", train), ("test", test)):
        path = folder / "crossner" / "ai" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return list(check_row(row, folder))


def row(**changes: object) -> BenchmarkRow:
    return replace(find_row("crossner_ai"), **{"sizes": {}, "table6": {}, **changes})  # type: ignore[arg-type]


def test_what_is_counted(tmp_path: Path) -> None:
    train, test = check(tmp_path, row())
    assert (train.split, train.passages, train.mentions, train.repeated) == ("train", 3, 2, 1)
    assert (train.dropped, train.shared) == ({"mentions labelled misc": 1}, {})
    assert (test.passages, test.repeated, test.shared, test.dropped) == (2, 0, {"train": 1}, {})
    assert set(train.unused) - set(test.unused) == {"person", "program language"}
    assert train.problems == train.explained == []


def test_counts_are_those_of_the_catalogue(tmp_path: Path) -> None:
    train, test = check(tmp_path, row(sizes={"train": (3, 2), "test": (2, 3)}))
    assert train.problems == []
    assert test.problems == [
        "expected 2 passages and 3 mentions, found 2 and 2: not the files that the catalogue describes"
    ]


def test_a_difference_from_the_paper_needs_an_explanation(tmp_path: Path) -> None:
    (train, _) = check(tmp_path, row(table6={"train": 4}))
    assert train.problems == ["Table 6 of the paper has 4 passages and not 3: the catalogue does not say why"]
    (train, _) = check(tmp_path, row(table6={"train": 4}, differences="one was lost"))
    assert train.problems == []
    assert train.explained == ["Table 6 of the paper has 4 passages and not 3: one was lost"]
    (train, _) = check(tmp_path, row(table6={"train": 4}, table6_types=2))
    assert train.problems == [
        "Table 6 of the paper has 4 passages and not 3 and 2 entity types and not 13: the catalogue does not say why"
    ]


def test_a_mention_without_characters_is_a_problem(tmp_path: Path) -> None:
    (train, _) = check(tmp_path, row(), train="\u2003\tB-person\nwon\tO\n")
    assert train.problems == ["crossner_ai/train/0: expected a mention at 0-1, found '\\u2003'"]


def test_broken_files_stop_the_check(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=r"train\.txt:1"):
        check(tmp_path, row(), train="Ada B-person\n")
