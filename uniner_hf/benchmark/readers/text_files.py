"""UTF-8 files as their authors count them: no line end is changed, and a wrong byte is an error with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from uniner_hf.benchmark.readers.errors import DataFormatError


def read_document(path: Path) -> str:
    """Return the text of a file that holds one document; offsets into the file are offsets into the text.

    Raises:
        DataFormatError: not UTF-8.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _not_utf8(path, line, error, error.start - content.rfind(b"\n", 0, error.start) - 1) from None


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    r"""Yield the lines of a file with their numbers, from 1, without a byte order mark.

    `\n` or `\r\n` ends a line, and nothing else does.

    Raises:
        DataFormatError: a line that is not UTF-8.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise _not_utf8(path, number, error, error.start) from None


def _not_utf8(path: Path, line: int, error: UnicodeDecodeError, column: int) -> DataFormatError:
    return DataFormatError(
        f"{path}:{line}: expected UTF-8, found {error.object[error.start : error.end]!r} at byte {column} of the "
        "line; convert the file, or restore the original."
    )
