"""A text cut where entities begin and end, so that nested and overlapping ones can all be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypedDict


class FoundEntity(TypedDict):
    """One entity as the pipeline returns it."""

    entity_group: str
    score: float
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that the same entities cover from end to end.

    Args:
        text: the stretch.
        covering: the entities over it, the one that starts first (of these the longest) outermost.
        closing: those of them that end with it, innermost first.
    """

    text: str
    covering: tuple[FoundEntity, ...]
    closing: tuple[FoundEntity, ...]


def segments(text: str, entities: Iterable[FoundEntity]) -> Iterator[Segment]:
    """Cut a text at every start and end of an entity; the segments joined give the text back.

    Args:
        text: the text that the offsets refer to.
        entities: in any order; they may nest, overlap and repeat.

    Example:
        >>> def found(kind, start, end):
        ...     return {"entity_group": kind, "score": 1.0, "word": "", "start": start, "end": end}
        >>> for segment in segments("Bank of China", [found("company", 0, 13), found("country", 8, 13)]):
        ...     print(segment.text, [e["entity_group"] for e in segment.closing])
        Bank of  []
        China ['country', 'company']
    """
    waiting = sorted(entities, key=lambda entity: (entity["start"], -entity["end"]))
    cuts = sorted({0, len(text), *(e["start"] for e in waiting), *(e["end"] for e in waiting)})
    covering: list[FoundEntity] = []
    arrived = 0
    for start, end in zip(cuts, cuts[1:], strict=False):
        while arrived < len(waiting) and waiting[arrived]["start"] == start:
            covering.append(waiting[arrived])
            arrived += 1
        closing = tuple(entity for entity in reversed(covering) if entity["end"] == end)
        yield Segment(text[start:end], tuple(covering), closing)
        covering = [entity for entity in covering if entity["end"] != end]
