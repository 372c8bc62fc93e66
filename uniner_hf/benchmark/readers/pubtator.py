"""PubTator files: for each article `id|t|title`, `id|a|abstract`, then a TAB-separated line for each mention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles
from uniner_hf.benchmark.readers.sentences import split_document
from uniner_hf.benchmark.readers.standoff import Mention, standoff_spans
from uniner_hf.benchmark.readers.text_files import read_lines

_Line = tuple[int, str]


@dataclass(frozen=True, slots=True)
class PubTator:
    """The format has no options."""

    tokenized: ClassVar[bool] = False

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the sentences of titles and abstracts as `Reader.read` says."""
        for path in files.paths:
            for has_text, lines in groupby(read_lines(path), key=lambda line: bool(line[1].strip())):
                if has_text:
                    yield from split_document(_article(path, lines, dropped), "sentences")


def _article(path: Path, lines: Iterator[_Line], dropped: Counter[str]) -> RawPassage:
    """Return an article; its offsets count in the title, a space and the abstract."""
    first = next(lines)
    title = _part(path, first, "t")
    abstract = _part(path, next(lines, (first[0] + 1, "")), "a")
    text = f"{title} {abstract}"
    return RawPassage(text, standoff_spans(text, _mentions(path, lines), dropped))


def _part(path: Path, line: _Line, kind: str) -> str:
    fields = line[1].split("|", 2)
    if len(fields) < 3 or fields[1] != kind:
        raise DataFormatError(
            f"{path}:{line[0]}: expected 'ID|{kind}|TEXT' (a title, then an abstract, open each article; a blank line "
            f"ends it), found {line[1][:60]!r}; restore the line from the original file."
        )
    return fields[2]


def _mentions(path: Path, lines: Iterator[_Line]) -> Iterator[Mention]:
    for number, line in lines:
        fields = line.split("\t")
        if len(fields) >= 4 and not fields[1].isdecimal():
            continue  # a relation: its second field is a type, not an offset
        if len(fields) < 5 or not fields[2].isdecimal():
            raise DataFormatError(
                f"{path}:{number}: expected ID, START, END, TEXT and LABEL separated by TABs, found {line[:60]!r}; "
                "restore the line from the original file."
            )
        yield Mention(fields[4], [(int(fields[1]), int(fields[2]))], fields[3], f"{path}:{number}")
