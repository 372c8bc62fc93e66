"""Files of JSON objects, as one array or one after another (JSON Lines), read without holding the file in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from uniner_hf.benchmark.readers.errors import DataFormatError

CHUNK = 1 << 20
LONGEST_RECORD = 1 << 24

_WHITE_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_json_records(file: TextIO, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file, whichever of the two layouts it has.

    Args:
        file: the file, open as text; about a million characters of it are held at a time.
        name: what errors call it.

    Raises:
        DataFormatError: not UTF-8, not JSON, not an object, a record of more than 16 million characters, a file that
            ends too early, or one without any record.
    """
    window = _Window(file, name)
    in_array = window.peek() == "["
    if in_array:
        window.take("[")
    end = "]" if in_array else ""
    while window.peek() != end:
        if in_array and window.records:
            window.take(",")
        yield window.take_record()
    window.take(end)
    window.take("")
    if not window.records:
        raise window.error("at least one record", "none")


class _Window:
    """The stretch of a file that is being parsed: `text` from `at` on is still to come."""

    def __init__(self, file: TextIO, name: str) -> None:
        self.file, self.name = file, name
        self.text, self.at, self.records = "", 0, 0

    def peek(self) -> str:
        """Move past white space and return the next character, `""` at the end of the file."""
        while True:
            self.at = _WHITE_SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches anything
            if self.at < len(self.text) or not self._read_on():
                return self.text[self.at : self.at + 1]

    def take(self, expected: str) -> None:
        """Move past one character, or make sure that the file has ended."""
        if self.peek() != expected:
            raise self.error(repr(expected) if expected else "the end of the file", self._excerpt())
        self.at += len(expected)

    def take_record(self) -> dict[str, Any]:
        """Move past one object and return it."""
        self.records += 1
        if self.peek() != "{":
            raise self.error("an object '{...}'", self._excerpt())
        while True:
            try:
                record, self.at = _DECODER.raw_decode(self.text, self.at)
                return dict(record)
            except json.JSONDecodeError as fault:
                # An object that only goes on beyond the window looks like a broken one: that shows at the end.
                if len(self.text) - self.at > LONGEST_RECORD or not self._read_on():
                    raise self.error("a complete JSON object", f"{fault.msg!r} in {self._excerpt()}") from None

    def error(self, expected: str, found: str) -> DataFormatError:
        """Return the error for the place that is being parsed."""
        place = f"record {self.records}" if self.records else "start of the file"
        return DataFormatError(
            f"{self.name}: {place}: expected {expected}, found {found}; correct the file, or download it again."
        )

    def _read_on(self) -> bool:
        """Forget what was parsed and read on; twice as much each time, lest a long record be parsed too often."""
        try:
            more = self.file.read(max(CHUNK, len(self.text) - self.at))
        except UnicodeDecodeError as fault:
            raise self.error("UTF-8", f"the byte {fault.object[fault.start]:#04x} after it") from None
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)

    def _excerpt(self) -> str:
        return repr(self.text[self.at : self.at + 60]) if self.at < len(self.text) else "the end of the file"
