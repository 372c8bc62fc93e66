"""A text as windows of whole sentences, for models that were trained on sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from nupunkt import sent_spans

from uniner_hf.decoding.windows import Window, windows


def sentence_windows(text: str, token_offsets: Sequence[tuple[int, int]], limit: int, stride: int) -> Iterator[Window]:
    """Yield windows of as many sentences as fit; they share nothing, since no mention goes on beyond its sentence.

    A sentence that does not fit alone is read in overlapping windows.

    Args:
        text: the text.
        token_offsets: `(start, end)` in characters of its tokens.
        limit: tokens of a window at most.
        stride: tokens that windows of one sentence share at least.

    Example:
        >>> words = [(0, 3), (3, 4), (5, 7), (8, 14), (14, 15)]
        >>> [window.text for window in sentence_windows("Ada. He walked.", words, limit=3, stride=0)]
        ['Ada. ', 'He walked.']
    """
    starts = [start for start, _ in token_offsets]
    for start, end in _stretches(text, starts, limit):
        first, after = bisect_left(starts, start), bisect_left(starts, end)
        inside = [(max(one - start, 0), other - start) for one, other in token_offsets[first:after]]
        for window in windows(text[start:end], inside, limit, stride):
            owned = (window.owned[0] + start, window.owned[1] + start)
            yield Window(window.text, window.offset + start, owned)


def _stretches(text: str, starts: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of sentences that have no more tokens than the limit, or are one sentence."""
    begun = ended = 0
    for _, end in sent_spans(text)[:-1]:
        if bisect_left(starts, end) - bisect_left(starts, begun) > limit and ended > begun:
            yield begun, ended
            begun = ended
        ended = end
    if ended > begun and len(starts) - bisect_left(starts, begun) > limit:
        yield begun, ended
        begun = ended
    yield begun, len(text)
