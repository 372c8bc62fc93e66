"""Mentions between pipes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.pipe_spans import PipeSpans
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.standoff import Discontinuous

TEXT = "Head pain. Left arm is\nweak.\n"


def read(folder: Path, lines: str, rule: Discontinuous = "drop") -> tuple[list[RawPassage], Counter[str]]:
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "a.pipe.txt").write_text(lines, encoding="utf-8")
    files, dropped = SplitFiles(folder, "train", sorted(folder.glob("*.*"))), Counter[str]()
    return list(PipeSpans(".pipe.txt", "Disorder", "sentences", rule).read(files, dropped)), dropped


def test_spans_in_one_piece_and_in_several(tmp_path: Path) -> None:
    lines, place = "a.txt|0-9|C1|no|null\n\na.txt|11-19,23-27|CUI-less|no|null\n", f"{tmp_path}/a.pipe.txt"
    head = ("Head pain.", [RawSpan("Disorder", 0, 9, f"{place}:1")])
    assert read(tmp_path, lines) == ([head, ("Left arm is", []), ("weak.", [])], {"mentions in several pieces": 1})
    joined = ("Left arm is weak.", [RawSpan("Disorder", 0, 16, f"{place}:3")])
    assert read(tmp_path, lines, "extent") == ([head, joined], {})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("b.txt|0-9|C1", r"expected 'a\.txt\|START-END,\.\.\.\|CUI\|\.\.\.', found 'b\.txt\|0-9\|C1'"),
        ("a.txt|0-9", "expected 'a.txt"),
        ("a.txt|0|C1", "expected 'a.txt"),
        ("a.txt||Disease_Disorder||C1||0||9", "expected 'a.txt"),
        ("a.txt|0-99|C1", "expected a span within the 29 characters"),
    ],
)
def test_mistakes(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.pipe\.txt:1: {message}"):
        read(tmp_path, line)
