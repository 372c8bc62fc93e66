"""Where the sentences of raw text stand, in time that grows with the length of the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

# nupunkt takes quadratic time over a long run of sentence marks, so it sees no more characters than this at once.
LONGEST = 8192

_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    r"""Yield the sentences of a text: each begins where the one before ends, white space belongs to the one before it.

    A sentence may go on over a line end, as in text that is broken into lines, but not over a blank line.

    Args:
        text: of any kind.

    Yields:
        `(start, end)` in characters. A sentence of more than `LONGEST` characters comes in parts.

    Example:
        >>> text = "Ada\nleft. She came back.\n\nThe end"
        >>> [text[start:end] for start, end in sentence_spans(text)]
        ['Ada\nleft. ', 'She came back.\n\n', 'The end']
    """
    start = 0
    for blank in _BLANK_LINES.finditer(text):
        yield from _of_paragraph(text, start, blank.end())
        start = blank.end()
    yield from _of_paragraph(text, start, len(text))


def _of_paragraph(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    from nupunkt import sent_spans  # its model takes a while to load

    while start < end:
        reach = min(start + LONGEST, end)
        ends = [start + after for _, after in sent_spans(text[start:reach])[:-1]]
        if reach == end or not ends:
            ends.append(reach)  # else the last sentence goes on beyond what was looked at: look again from its start
        for after in ends:
            yield start, after
            start = after
