"""Documents of ACE 2004 and 2005: SGML text, and the offsets of the entity mentions in an XML file beside it."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.stretches import cut
from uniner_hf.benchmark.readers.text_files import read_document
from uniner_hf.benchmark.readers.xml_events import End, Start, Text, read_xml_events

ANNOTATION = ".apf.xml"

_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_REFERENCE = re.compile(r"&(?:\w+|#\d+);")


@dataclass(frozen=True, slots=True)
class AceDocuments:
    """Which part of a mention is the entity; the files are the `.apf.xml` ones, each `.sgm` lies beside its own.

    A passage is a paragraph of `<TEXT>`: a stretch without a blank line and without a tag.

    Args:
        part: `"extent"`, the whole noun phrase, or `"head"`, its head word or name.
    """

    tokenized: ClassVar[bool] = False

    part: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the paragraphs of documents as `Reader.read` says; a mention in no paragraph as a whole is dropped."""
        for path in files.paths:
            text, paragraphs = _source(path.with_name(path.name.removesuffix(ANNOTATION) + ".sgm"))
            document = RawPassage(text, [_checked(*mention, text) for mention in self._mentions(path)])
            for passage in cut(document, paragraphs, dropped, "mentions outside the paragraphs of the text"):
                yield _readable(passage)

    def _mentions(self, path: Path) -> Iterator[tuple[RawSpan, str]]:
        """Yield the mentions of an annotation file, each with the text that the file repeats for it."""
        place_of_text = ["entity", "entity_mention", self.part, "charseq"]
        label, open_names, repeated, span = "", list[str](), "", None
        for event in read_xml_events(path):
            match event:
                case Start(name, attributes, line):
                    open_names.append(name)
                    if name == "entity":
                        label = _attribute(attributes, "TYPE", f"{path}:{line}")
                    elif open_names[-4:] == place_of_text:
                        start, end = (_offset(attributes, name, f"{path}:{line}") for name in ("START", "END"))
                        span, repeated = RawSpan(label, start, end + 1, f"{path}:{line}"), ""
                case Text(text) if span is not None:
                    repeated += text
                case End():
                    open_names.pop()
                    if span is not None:
                        yield span, repeated
                        span = None


def _attribute(attributes: dict[str, str], name: str, place: str) -> str:
    if name not in attributes:
        raise DataFormatError(f"{place}: expected the attribute {name}, found {attributes}; restore the line.")
    return attributes[name]


def _offset(attributes: dict[str, str], name: str, place: str) -> int:
    value = _attribute(attributes, name, place)
    if not value.isdecimal():
        raise DataFormatError(f"{place}: expected a number as {name}, found {value!r}; restore the line.")
    return int(value)


def _source(path: Path) -> tuple[str, list[tuple[int, int]]]:
    """Return the characters outside tags, which offsets count, and the paragraphs of `<TEXT>` among them."""
    source = read_document(path)
    pieces, paragraphs, length, at, inside = list[str](), list[tuple[int, int]](), 0, 0, False
    for tag in _TAG.finditer(source):
        piece, at = source[at : tag.start()], tag.end()
        if inside:
            found = (one.span() for one in _PARAGRAPH.finditer(piece))
            paragraphs += [(length + start, length + start + len(piece[start:end].rstrip())) for start, end in found]
        pieces.append(piece)
        length += len(piece)
        if tag[0] in ("<TEXT>", "</TEXT>"):
            inside = tag[0] == "<TEXT>"
    return "".join([*pieces, source[at:]]), paragraphs


def _checked(span: RawSpan, repeated: str, text: str) -> RawSpan:
    """Return the span if its text is the repeated one, however lines are broken and references written."""
    found = text[span.start : span.end]
    if _unescaped(found).split() != _unescaped(repeated).split() or not found.strip():
        raise DataFormatError(
            f"{span.place}: expected {repeated!r} at characters {span.start} to {span.end - 1} outside tags, "
            f"found {found!r}; restore both files of the document."
        )
    return span


def _readable(passage: RawPassage) -> RawPassage:
    """Return the passage with spaces for line breaks and `&` for `&amp;`, which offsets count as five characters."""
    references = list(_REFERENCE.finditer(passage.text))
    ends = [one.end() for one in references]
    shorter = [0, *accumulate(len(one[0]) - len(_unescaped(one[0])) for one in references)]
    spans = [
        span._replace(
            start=span.start - shorter[bisect_right(ends, span.start)],
            end=span.end - shorter[bisect_right(ends, span.end)],
        )
        for span in passage.spans
    ]
    return RawPassage(_unescaped(passage.text).replace("\n", " "), spans)


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)
