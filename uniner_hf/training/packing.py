"""Documents of different lengths put together into rows of one length."""

from __future__ import annotations

import logging
from bisect import bisect_left, insort
from collections.abc import Sequence

logger = logging.getLogger(__name__)


def best_fit(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Put documents into rows, the longest first, each into the fullest row that has room for it.

    Args:
        lengths: of the documents, in tokens; one longer than the capacity gets a row of its own.
        capacity: of a row, in tokens.

    Returns:
        The numbers of the documents in each row.

    Example:
        >>> best_fit([3, 9, 4, 5], 10)
        [[1], [3, 2], [0]]
    """
    rows: list[list[int]] = []
    free: list[tuple[int, int]] = []  # (room, row), from the fullest row to the emptiest
    for document in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        place = bisect_left(free, (lengths[document], -1))
        if place < len(free):
            room, row = free.pop(place)
        else:
            room, row = capacity, len(rows)
            rows.append([])
        rows[row].append(document)
        insort(free, (room - lengths[document], row))
    return rows


def row_count(lengths: Sequence[int], capacity: int) -> int:
    """Return how many rows an epoch gets, from the lengths of the first: one in a hundred more than these need.

    A number that changed from epoch to epoch would end a training early or drop rows, since schedules count on it.

    Example:
        >>> row_count([3, 9, 4, 5], 10), row_count([7], 10)
        (4, 1)
    """
    needed = len(best_fit(lengths, capacity))
    return min(len(lengths), needed + 1 + needed // 100)


def packed_rows(lengths: Sequence[int], capacity: int, count: int) -> list[list[int]]:
    """Put documents into exactly so many rows.

    Rows that are not needed take documents from the rows that hold the most. Where the rows do not suffice, the
    documents of those filled last are left out, which the log tells.

    Args:
        lengths: of the documents, in tokens.
        capacity: of a row, in tokens.
        count: of the rows, at most that of the documents.

    Example:
        >>> packed_rows([3, 9, 4, 3], 10, 3), packed_rows([3, 9, 4, 3], 10, 4)
        ([[1], [2], [0, 3]], [[1], [2], [0], [3]])
    """
    rows = best_fit(lengths, capacity)
    if len(rows) > count:
        left_out = sum(len(row) for row in rows[count:])
        logger.warning("left out of this epoch: %d of %d documents, the rows are full", left_out, len(lengths))
        return rows[:count]
    while len(rows) < count:
        fullest = max(rows, key=len)
        half = len(fullest) // 2
        rows.append(fullest[half:])
        del fullest[half:]
    return rows
