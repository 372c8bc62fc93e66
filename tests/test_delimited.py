"""Rows of comma- and tab-separated files and the lines that they start on."""

from __future__ import annotations

from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.delimited import cells, column_indices, delimited_rows
from uniner_hf.benchmark.readers.errors import DataFormatError


def read(folder: Path, content: str | bytes, separator: str = ",") -> list[tuple[int, list[str]]]:
    path = folder / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(delimited_rows(path, separator))


@pytest.mark.parametrize("separator", [",", "\t"])
def test_quoted_cells_hold_separators_quotes_and_line_breaks(separator: str, tmp_path: Path) -> None:
    content = f'\ufeffa{separator}"b{separator}\n""c"""\n\nNone{separator}\u2028\n'
    assert read(tmp_path, content, separator) == [
        (1, ["a", f'b{separator}\n"c"']),
        (3, []),
        (4, ["None", "\u2028"]),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('a,b\n"c,d\n', r"a\.csv:2: expected a row with cells separated by ',', found that unexpected end of data"),
        ('a,b\n"c"d,e\n', r"a\.csv:2: .* found that ',' expected after '\"'"),
        ("a\n" + "b" * 140_000, r"a\.csv:2: .* found that field larger than field limit"),
        (b"a\ncaf\xe9\n", r"a\.csv:1: expected UTF-8, found the byte 0xe9 in this row or soon after it"),
    ],
)
def test_mistakes(content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(tmp_path, content)


def test_columns_are_found_by_name() -> None:
    assert column_indices(Path("a.csv"), ["x", "y", "z"], ["z", "x"]) == [2, 0]
    with pytest.raises(DataFormatError, match=r"a\.csv:1: expected the columns z, w, found x, y, z; restore"):
        column_indices(Path("a.csv"), ["x", "y", "z"], ["z", "w"])


def test_a_row_of_another_length() -> None:
    assert cells(Path("a.csv"), 7, ["x"], 1) == ["x"]
    with pytest.raises(DataFormatError, match=r"a\.csv:7: expected 2 cells, found 1: \['x'\]; restore"):
        cells(Path("a.csv"), 7, ["x"], 2)
