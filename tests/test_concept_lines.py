"""Concepts by line and token."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.concept_lines import ConceptLines
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

TEXT = "He took  Aspirin daily .\n\nA scan\nshowed it .\n"


def read(folder: Path, concepts: str) -> list[RawPassage]:
    paths = [folder / "a.txt", folder / "a.con"]
    for path, content in zip(paths, (TEXT, concepts), strict=True):
        path.write_text(content, encoding="utf-8")
    return list(ConceptLines().read(SplitFiles(folder, "train", paths), Counter()))


def test_lines_count_from_one_and_tokens_from_zero_both_ends_included(tmp_path: Path) -> None:
    concepts = 'c="aspirin daily" 1:2 1:3||t="treatment"\n\nc="a" 3:0 3:0||t="test"\n'
    assert read(tmp_path, concepts) == [
        ("He took  Aspirin daily .", [RawSpan("treatment", 9, 22, f"{tmp_path}/a.con:1")]),
        ("A scan", [RawSpan("test", 0, 1, f"{tmp_path}/a.con:3")]),
        ("showed it .", []),
    ]


def test_a_concept_over_two_lines_joins_them(tmp_path: Path) -> None:
    passages = read(tmp_path, 'c="scan showed" 3:1 4:0||t="test"\n')
    assert passages[1:] == [("A scan showed it .", [RawSpan("test", 2, 13, f"{tmp_path}/a.con:1")])]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('c="aspirin" 1:2 1:2', 'expected c="TEXT" LINE:TOKEN LINE:TOKEN||t="LABEL", found'),
        ('c="daily" 1:2 1:2||t="x"', "expected the text 'daily' at its tokens, found 'Aspirin'"),
        ('c="aspirin" 1:5 1:5||t="x"', "expected a token of the text, found number 5 of line 1"),
        ('c="aspirin" 0:0 0:0||t="x"', "found number 0 of line 0"),
        ('c="aspirin" 5:0 5:0||t="x"', "found number 0 of line 5"),
        ('c="aspirin" 1:3 1:2||t="x"', "expected the text 'aspirin' at its tokens, found ''"),
    ],
)
def test_mistakes(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataFormatError) as error:
        read(tmp_path, f"{line}\n")
    assert str(error.value).startswith(f"{tmp_path}/a.con:1: ") and message in str(error.value)
