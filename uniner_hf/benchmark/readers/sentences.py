"""Documents cut into passages: their lines, or the sentences of their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan

PassageUnit = Literal["lines", "sentences"]

_LINE_ENDS_TO_SPACES = str.maketrans("\r\n", "  ")


def split_document(document: RawPassage, unit: PassageUnit) -> Iterator[RawPassage]:
    r"""Yield the passages of a document in text order, without white space at their ends; blank ones are passed over.

    No mention is lost: one that goes on beyond its line or sentence joins it with the next. A line end within a joined
    passage becomes a space.

    Args:
        document: its text and mentions, which begin and end with characters other than white space.
        unit: `"lines"` where each line is a sentence, else `"sentences"`: no sentence goes on beyond its line.

    Example:
        >>> document = RawPassage("Ada Lovelace left.\nShe came back.", [RawSpan("PER", 0, 12, "a.txt:1")])
        >>> [(text, len(spans)) for text, spans in split_document(document, "lines")]
        [('Ada Lovelace left.', 1), ('She came back.', 0)]
    """
    spans = sorted(document.spans, key=lambda span: span.start)
    start = reach = following = 0
    inside: list[RawSpan] = []
    for end in _ends(document.text, unit):
        while following < len(spans) and spans[following].start < end:
            inside.append(spans[following])
            reach = max(reach, spans[following].end)
            following += 1
        if reach <= end:
            passage = document.text[start:end]
            if passage.strip():
                yield _passage(passage, start, inside)
            start, inside = end, []


def _passage(text: str, offset: int, spans: list[RawSpan]) -> RawPassage:
    offset += len(text) - len(text.lstrip())
    return RawPassage(
        text.strip().translate(_LINE_ENDS_TO_SPACES),
        [span._replace(start=span.start - offset, end=span.end - offset) for span in spans],
    )


def _ends(text: str, unit: PassageUnit) -> Iterator[int]:
    """Yield where each unit ends; the next one begins there."""
    from nupunkt import sent_spans  # its model takes a while to load, and most sets are not documents

    for line in re.finditer(r"[^\n]*\n|[^\n]+", text):
        if unit == "sentences":
            yield from (line.start() + end for _, end in sent_spans(line.group())[:-1])
        yield line.end()
