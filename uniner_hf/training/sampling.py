"""Which passages of a set are drawn: a sample of fixed size, and how often each comes in an epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappush, heappushpop
from typing import Any

from uniner_hf.training.exclusions import share_of_text


def sampled(
    rows: Iterable[Mapping[str, Any]], count: int, seed: int, left_out: Counter[str], reason: str
) -> Iterator[Mapping[str, Any]]:
    """Yield a uniform sample of rows in their order, holding no more than the sample in memory.

    Each row gets a number from seed and id alone, and those with the smallest numbers are kept: the same ones in
    whatever order the rows come, and those of a smaller sample are all in a larger one.

    Args:
        rows: with an `id` each.
        count: how many are kept; all where there are no more.
        seed: another one gives another sample.
        left_out: where the others are counted.
        reason: under which name.

    Example:
        >>> left_out = Counter()
        >>> rows = [{"id": str(number)} for number in range(9)]
        >>> [row["id"] for row in sampled(rows, 3, 0, left_out, "beyond three")], left_out
        (['0', '2', '3'], Counter({'beyond three': 6}))
    """
    kept: list[tuple[float, int, Mapping[str, Any]]] = []
    for place, row in enumerate(rows):
        entry = (-share_of_text(f"{seed}/sample/{row['id']}"), -place, row)
        if len(kept) < count:
            heappush(kept, entry)
        else:
            heappushpop(kept, entry)
            left_out[reason] += 1
    for _, _, row in sorted(kept, key=lambda entry: -entry[1]):
        yield row


def copies(row_id: str, weight: float, seed: int) -> int:
    """Return how often a row comes in an epoch, so that on average over rows it is `weight` times.

    Args:
        row_id: of the row.
        weight: at least 0; a whole number is how often every row comes.
        seed: another one gives the rest to other rows.

    Example:
        >>> copies("wnut17/train/0", 2.0, seed=0), {copies(str(row), 2.5, seed=0) for row in range(9)} == {2, 3}
        (2, True)
    """
    return int(weight) + (share_of_text(f"{seed}/weight/{row_id}") < weight % 1)
