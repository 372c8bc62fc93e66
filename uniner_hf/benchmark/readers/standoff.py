"""Mentions that stand apart from their text, as offsets of characters in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawSpan

Discontinuous = Literal["extent", "drop"]


class Mention(NamedTuple):
    """A mention as its source writes it.

    Args:
        label: of the source.
        pieces: `(start, end)` of each of its pieces, end exclusive; most mentions have one.
        repeated: the mention's text where the source repeats it, to be checked.
        place: where errors say that it stands.
    """

    label: str
    pieces: Sequence[tuple[int, int]]
    repeated: str | None
    place: str


def standoff_spans(
    text: str, mentions: Iterable[Mention], dropped: Counter[str], discontinuous: Discontinuous = "extent"
) -> list[RawSpan]:
    """Return mentions as spans of the text, without white space at their ends.

    Pieces with only white space between them are one: annotation tools cut a mention where a line ends.

    Args:
        text: what the offsets count in.
        mentions: of this text.
        dropped: counts the mentions that are left out.
        discontinuous: mentions in several pieces are read from the first to the last (`"extent"`), what lies between
            included, or left out (`"drop"`).

    Raises:
        DataFormatError: offsets that are not in the text, hold no characters, or hold others than the source repeats.

    Example:
        >>> standoff_spans("bring it into focus", [Mention("Action", [(0, 5), (9, 19)], None, "a.ann:1")], Counter())
        [RawSpan(label='Action', start=0, end=19, place='a.ann:1')]
    """
    spans = []
    for mention in mentions:
        _check(text, mention)
        pieces = sorted(mention.pieces)
        if discontinuous == "drop" and any(text[end:start].strip() for (_, end), (start, _) in pairwise(pieces)):
            dropped["mentions in several pieces"] += 1
            continue
        start, end = pieces[0][0], pieces[-1][1]
        start += len(text[start:end]) - len(text[start:end].lstrip())
        spans.append(RawSpan(mention.label, start, start + len(text[start:end].rstrip()), mention.place))
    return spans


def _check(text: str, mention: Mention) -> None:
    for start, end in mention.pieces:
        if not 0 <= start < end <= len(text):
            raise DataFormatError(
                f"{mention.place}: expected a span within the {len(text)} characters of the text, found "
                f"{start} to {end}; restore the text file or this line."
            )
    found = " ".join(text[start:end] for start, end in mention.pieces)
    # White space may differ: a line end within a mention is repeated as a space.
    if mention.repeated is not None and found.split() != mention.repeated.split():
        raise DataFormatError(
            f"{mention.place}: expected the text {mention.repeated!r} at its offsets, found {found!r}; "
            "restore the text file or this line."
        )
    if not found.strip():
        raise DataFormatError(
            f"{mention.place}: expected a mention, found white space alone; restore the text file or this line."
        )
