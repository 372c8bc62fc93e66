"""Windows of a stream of texts in batches of like length, their results in the order of the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

Window = TypeVar("Window")
Result = TypeVar("Result")

READ_AHEAD = 4  # batches that are sorted together; few, so that results come soon


def answered_in_order(
    windows: Iterator[Window],
    answer: Callable[[list[Window]], Sequence[Result]],
    *,
    length: Callable[[Window], int],
    batch_size: int,
    max_batch_tokens: int | None = None,
) -> Iterator[Result]:
    """Yield the result of each window; when making one fails, the results of those before it come first.

    Args:
        windows: the stream, read a few batches ahead.
        answer: returns the results of a batch.
        length: tokens of a window.
        batch_size: windows of a batch at most.
        max_batch_tokens: tokens of a batch at most, padding included, unless one window has more; default no limit.

    Example:
        >>> list(answered_in_order(iter(["aaa", "b", "cc"]), lambda batch: [len(batch)] * len(batch), length=len,
        ...                        batch_size=2))
        [2, 1, 2]
    """
    for buffer in buffered(windows, batch_size * (READ_AHEAD if batch_size > 1 else 1)):
        results: dict[int, Result] = {}
        for batch in _batches([length(window) for window in buffer], batch_size, max_batch_tokens):
            results |= zip(batch, answer([buffer[index] for index in batch]), strict=True)
        yield from (results[index] for index in range(len(buffer)))


def buffered(windows: Iterator[Window], size: int) -> Iterator[list[Window]]:
    """Yield lists of `size` windows; when making one fails, those before it come first."""
    failure: Exception | None = None
    while failure is None:
        buffer = []
        try:
            for window in islice(windows, size):
                buffer.append(window)
        except Exception as error:
            failure = error
        if not buffer:
            break
        yield buffer
    if failure is not None:
        raise failure


def _batches(lengths: Sequence[int], size: int, max_tokens: int | None) -> Iterator[list[int]]:
    """Yield the indices of each batch, the longest windows first: memory that suffices for them does for the rest."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        padded = lengths[batch[0]] * (len(batch) + 1) if batch else 0
        if batch and (len(batch) == size or max_tokens is not None and padded > max_tokens):
            yield batch
            batch = []
        batch.append(index)
    yield batch
