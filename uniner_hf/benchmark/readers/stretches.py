"""A document cut into stretches of its text, such as lines or paragraphs, each with the entities inside it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan


def cut(
    document: RawPassage, stretches: Sequence[tuple[int, int]], dropped: Counter[str], reason: str
) -> Iterator[RawPassage]:
    """Yield one passage a stretch.

    Args:
        document: text and entities of the whole.
        stretches: `(start, end)` each, in text order, without overlap.
        dropped: counts the entities that lie in no stretch as a whole.
        reason: what they are counted as.

    Example:
        >>> dropped = Counter()
        >>> document = RawPassage("Ada left.\\nBob too.", [RawSpan("PER", 10, 13, "a:2"), RawSpan("X", 5, 13, "a:1")])
        >>> list(cut(document, [(0, 9), (10, 18)], dropped, "mentions across lines"))[1]
        RawPassage(text='Bob too.', spans=[RawSpan(label='PER', start=0, end=3, place='a:2')])
        >>> dropped
        Counter({'mentions across lines': 1})
    """
    starts = [start for start, _ in stretches]
    inside: list[list[RawSpan]] = [[] for _ in stretches]
    for span in document.spans:
        number = bisect_right(starts, span.start) - 1
        if number >= 0 and span.end <= stretches[number][1]:
            start = starts[number]
            inside[number].append(span._replace(start=span.start - start, end=span.end - start))
        else:
            dropped[reason] += 1
    for (start, end), spans in zip(stretches, inside, strict=True):
        yield RawPassage(document.text[start:end], spans)
