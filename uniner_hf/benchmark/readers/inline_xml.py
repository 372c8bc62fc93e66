"""Texts in which XML elements mark the entities, nested or not: GENIA, and the `.name` files of OntoNotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError, unlike_catalogue
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.stretches import cut
from uniner_hf.benchmark.readers.xml_events import End, Start, Text, read_xml_events

_LINE = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True)
class InlineXml:
    """Which elements and attributes say what.

    Args:
        passage: name of the elements that hold the passages, such as `"sentence"`.
        entities: names of the elements that mark entities; a passage holds no others.
        label: their attribute with the label. An entity without it is a part of a coordination, and one whose label
            is an expression such as `"(AND G#x G#x)"` is the coordination: neither is a mention, and both are dropped.
        lines: each line of a `passage` element is a passage, default the element as a whole.
    """

    tokenized: ClassVar[bool] = False

    passage: str
    entities: Sequence[str]
    label: str
    lines: bool = False

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the passages of XML files as `Reader.read` says."""
        for path in files.paths:
            for element in self._elements(path, dropped):
                if self.lines:
                    lines = [
                        (line.start(), line.start() + len(line[0].rstrip())) for line in _LINE.finditer(element.text)
                    ]
                    yield from cut(element, lines, dropped, "mentions that cross the end of a line")
                else:
                    yield element

    def _elements(self, path: Path, dropped: Counter[str]) -> Iterator[RawPassage]:
        element: _Element | None = None
        for event in read_xml_events(path):
            match event:
                case Start(name) if element is None and name == self.passage:
                    element = _Element()
                case Start(name, attributes, line) if element is not None:
                    if name not in self.entities:
                        raise DataFormatError(
                            f"{path}:{line}: expected no elements but {', '.join(self.entities)} in {self.passage}, "
                            f"found {name}; {unlike_catalogue('element')}"
                        )
                    element.open.append((attributes.get(self.label), element.length, f"{path}:{line}"))
                case Text(text) if element is not None:
                    element.pieces.append(text)
                    element.length += len(text)
                case End() if element is not None and element.open:
                    element.marked.append((*element.open.pop(), element.length))
                case End() if element is not None:
                    yield element.passage(dropped)
                    element = None


@dataclass(slots=True)
class _Element:
    """A passage that is being read: its text so far, and its entities `(label, start, place)`, then also the end."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    open: list[tuple[str | None, int, str]] = field(default_factory=list)
    marked: list[tuple[str | None, int, str, int]] = field(default_factory=list)

    def passage(self, dropped: Counter[str]) -> RawPassage:
        """Return the passage, its entities without white space at their ends."""
        text, spans = "".join(self.pieces), []
        for label, start, place, end in self.marked:
            inside = text[start:end]
            if not inside.strip():
                raise DataFormatError(f"{place}: expected an entity with text, found none; restore the line.")
            if label is None:
                dropped["parts of coordinated mentions"] += 1
            elif label.startswith("("):
                dropped["coordinated mentions"] += 1
            else:
                start += len(inside) - len(inside.lstrip())
                spans.append(RawSpan(label, start, start + len(inside.strip()), place))
        return RawPassage(text, spans)
