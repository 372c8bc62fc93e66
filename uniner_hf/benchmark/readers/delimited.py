"""Rows of comma- or tab-separated files, each with the line that it starts on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from uniner_hf.benchmark.readers.errors import DataFormatError


def delimited_rows(path: Path, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    r"""Yield `(line number from 1, cells)` for each row; an empty line is a row without cells.

    Args:
        path: a UTF-8 file.
        separator: `","` or `"\t"`; a cell in double quotes may hold it, and line breaks.

    Raises:
        DataFormatError: not UTF-8, a quote that is not closed, or a cell of more than 131,072 characters.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        line = 1
        try:
            for row in reader:
                yield line, row
                line = reader.line_num + 1
        except csv.Error as fault:
            raise DataFormatError(
                f"{path}:{line}: expected a row with cells separated by {separator!r}, found that {fault}; "
                "correct the row, or restore the file."
            ) from None
        except UnicodeDecodeError as fault:
            raise DataFormatError(
                f"{path}:{line}: expected UTF-8, found the byte {fault.object[fault.start]:#04x} in this row or soon "
                "after it; convert the file."
            ) from None


def column_indices(path: Path, header: list[str], names: list[str]) -> list[int]:
    """Return where the named columns stand.

    Raises:
        DataFormatError: the header lacks one.
    """
    missing = [name for name in names if name not in header]
    if missing:
        raise DataFormatError(
            f"{path}:1: expected the columns {', '.join(names)}, found {', '.join(header)}; restore the first line."
        )
    return [header.index(name) for name in names]


def cells(path: Path, line: int, row: list[str], columns: int) -> list[str]:
    """Return a row that has the number of cells it should have.

    Raises:
        DataFormatError: it has another number.
    """
    if len(row) != columns:
        raise DataFormatError(f"{path}:{line}: expected {columns} cells, found {len(row)}: {row}; restore the row.")
    return row
