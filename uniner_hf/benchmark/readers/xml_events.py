"""XML files as a stream of events: no DTD is fetched, no entity is expanded, and about a chunk is held at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from uniner_hf.benchmark.readers.errors import DataFormatError

CHUNK = 1 << 16


class Start(NamedTuple):
    """An element begins, at a line counted from 1."""

    name: str
    attributes: dict[str, str]
    line: int


class Text(NamedTuple):
    """A stretch of text; the text of one element may come in several."""

    text: str


class End(NamedTuple):
    """An element ends."""

    name: str


def read_xml_events(path: Path) -> Iterator[Start | Text | End]:
    """Yield the elements and the text of an XML file in document order.

    Args:
        path: the file.

    Raises:
        DataFormatError: not well-formed, a declaration of an entity, or a reference to one that only a DTD declares.
    """
    parser = expat.ParserCreate()
    events: list[Start | Text | End] = []

    def refuse(name: str, *_: object) -> NoReturn:
        raise DataFormatError(
            f"{path}:{parser.CurrentLineNumber}: expected no entities but those of XML itself, found {name!r}; "
            "write the characters that it stands for."
        )

    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: events.append(
        Start(name, attributes, parser.CurrentLineNumber)
    )
    parser.EndElementHandler = lambda name: events.append(End(name))
    parser.CharacterDataHandler = lambda text: events.append(Text(text))
    parser.EntityDeclHandler = refuse
    parser.SkippedEntityHandler = refuse
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                yield from events
                events.clear()
            parser.Parse(b"", True)
            yield from events
    except expat.ExpatError as fault:
        raise DataFormatError(
            f"{path}:{fault.lineno}: expected well-formed XML, found {expat.ErrorString(fault.code)} at column "
            f"{fault.offset}; correct the line, or restore the file."
        ) from None
