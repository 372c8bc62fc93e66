"""Text files: line ends as they are, wrong bytes with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.text_files import read_document, read_lines


def test_no_character_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("a\r\nb\u2028c\n\né".encode())
    assert read_document(path) == "a\r\nb\u2028c\n\né"
    assert list(read_lines(path)) == [(1, "a"), (2, "b\u2028c"), (3, ""), (4, "é")]


def test_wrong_bytes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\nbc\xe9 d\n")
    with pytest.raises(DataFormatError, match=r"a\.txt:2: expected UTF-8, found b'\\xe9' at byte 2 of the line"):
        read_document(path)
    with pytest.raises(DataFormatError, match=r"a\.txt:2: expected UTF-8, found b'\\xe9' at byte 2 of the line"):
        list(read_lines(path))
