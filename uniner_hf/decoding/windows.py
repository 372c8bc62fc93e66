"""A text as windows that a model can read, none of it left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!?。！？]['\")\]’”]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a text.

    Args:
        text: the stretch.
        offset: where it starts in the text, in characters.
        owned: `(start, end)` in characters of the text: mentions that start here are taken from this window. The owned
            parts of a text's windows cover it without overlap.
    """

    text: str
    offset: int
    owned: tuple[int, int]


def windows(text: str, token_offsets: Sequence[tuple[int, int]], limit: int, stride: int) -> Iterator[Window]:
    """Yield the windows of a text: it as a whole where it fits, else stretches that overlap.

    A window ends after a sentence where one ends in its second half, else between words.

    Args:
        text: the text.
        token_offsets: `(start, end)` in characters of its tokens.
        limit: tokens of a window at most.
        stride: tokens that neighbouring windows share at least, less than half of `limit`.

    Example:
        >>> words = [(0, 3), (4, 7), (8, 11), (12, 15)]
        >>> [window.text for window in windows("one two six ten", words, limit=3, stride=1)]
        ['one two six', 'six ten']
    """
    first, start, owned_from = 0, 0, 0
    while first + limit < len(token_offsets):
        after = _cut(text, token_offsets, first, first + limit)
        following = _nearby_word_start(text, token_offsets, first, after - stride)
        # What the two windows share is divided in its middle, so that a mention across the border is seen whole.
        owned_to = token_offsets[(following + after) // 2][0]
        yield Window(text[start : token_offsets[after - 1][1]], start, (owned_from, owned_to))
        first, start, owned_from = following, _visible(text, token_offsets[following][0]), owned_to
    yield Window(text[start:], start, (owned_from, len(text)))


def _cut(text: str, offsets: Sequence[tuple[int, int]], first: int, after: int) -> int:
    """Return the token after a window that may reach to `after`."""
    middle = (first + after) // 2
    sentences = list(_SENTENCE_END.finditer(text, offsets[middle][0], offsets[after][0]))
    if sentences:
        end = sentences[-1].end()
        return next(index for index in range(after, middle, -1) if offsets[index - 1][1] <= end)
    return _nearby_word_start(text, offsets, first, after)


def _nearby_word_start(text: str, offsets: Sequence[tuple[int, int]], first: int, index: int) -> int:
    """Return the nearest token up to `index` that begins a word, or `index` if that is nearer to `first`."""
    start = index
    while start > first and _goes_on(text, offsets[start - 1], offsets[start]):
        start -= 1
    return start if start > (first + index) // 2 else index


def _goes_on(text: str, before: tuple[int, int], token: tuple[int, int]) -> bool:
    """Tell whether a token goes on with a word, or (tokens of bytes) with a character."""
    return token[0] < before[1] or token[0] == before[1] and text[token[0]].isalnum()


def _visible(text: str, position: int) -> int:
    """Return the place of the first character from `position` on that is no space: some tokens begin with theirs."""
    while position < len(text) and text[position].isspace():
        position += 1
    return position
