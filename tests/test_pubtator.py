"""PubTator files: offsets, articles, relations, mistakes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.pubtator import PubTator
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

HEAD = "1|t|The gene X|Y.\n1|a|We saw X|Y. It ended.\n"


def read(folder: Path, content: str) -> list[RawPassage]:
    path = folder / "a.PubTator"
    path.write_text(content, encoding="utf-8")
    return list(PubTator().read(SplitFiles(folder, "train", [path]), Counter()))


def test_offsets_count_in_title_space_and_abstract(tmp_path: Path) -> None:
    lines = "1\t9\t12\tX|Y\tGene\t5,6\n1\t21\t24\tX|Y\tGene\t5\n1\tAssociation\t5\tD1\tNovel\n1\tCID\tD1\tD2\n"
    place = f"{tmp_path}/a.PubTator"
    assert read(tmp_path, f"{HEAD}{lines}\n\n2|t|Next\n2|a|\n") == [
        ("The gene X|Y.", [RawSpan("Gene", 9, 12, f"{place}:3")]),
        ("We saw X|Y.", [RawSpan("Gene", 7, 10, f"{place}:4")]),
        ("It ended.", []),
        ("Next", []),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1|a|No title.\n", r":1: expected 'ID\|t\|TEXT'.*found '1\|a\|No title\.'"),
        ("1|t|No abstract\n", r":2: expected 'ID\|a\|TEXT'.*found ''"),
        ("1|t|T\n\n1|a|A\n", r":2: expected 'ID\|a\|TEXT'.*found ''"),
        (f"{HEAD}1\t9\t12\tX|Z\tGene\t5\n", r":3: expected the text 'X\|Z' at its offsets, found 'X\|Y'"),
        (f"{HEAD}1\t9\t99\tX|Y\tGene\t5\n", ":3: expected a span within the 35 characters"),
        (f"{HEAD}1\t9\t12\tX|Y\n", ":3: expected ID, START, END, TEXT and LABEL"),
        (f"{HEAD}1\t9\tx\tX|Y\tGene\t5\n", ":3: expected ID, START, END, TEXT and LABEL"),
        (f"{HEAD}2|t|Unparted\n", ":3: expected ID, START, END, TEXT and LABEL"),
    ],
)
def test_mistakes(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.PubTator{message}"):
        read(tmp_path, content)
