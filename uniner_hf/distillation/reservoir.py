"""A uniform sample of a stream of unknown length, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")


def reservoir_sample(
    items: Iterable[Item], count: int, seed: int = 0, subset: Callable[[Item], Hashable] | None = None
) -> list[Item]:
    """Draw items, each with the same chance; no more than the sample is held in memory.

    Args:
        items: are gone through once.
        count: how many are drawn; all where there are no more.
        seed: another one gives another sample.
        subset: names the subset of an item, of each of which `count` are drawn; default: there is only one. A subset's
            sample does not depend on the items of others.

    Returns:
        The sample, in the order of the items.

    Raises:
        ValueError: a count below 1.

    Source: Vitter, Random Sampling with a Reservoir (1985), algorithm R.

    Example:
        >>> reservoir_sample(range(100), 3)
        [12, 43, 44]
        >>> reservoir_sample(range(100), 1, subset=lambda number: number % 2)
        [37, 50]
    """
    if count < 1:
        raise ValueError(f"Expected a count of at least 1, found {count}; say how many are to be drawn.")
    reservoirs: dict[Hashable, _Reservoir[Item]] = {}
    for place, item in enumerate(items):
        name = subset(item) if subset else None
        if name not in reservoirs:
            reservoirs[name] = _Reservoir(count, Random(f"{seed}/{name}"))
        reservoirs[name].offer(place, item)
    kept = [pair for reservoir in reservoirs.values() for pair in reservoir.kept]
    return [item for _, item in sorted(kept, key=lambda pair: pair[0])]


class _Reservoir(Generic[Item]):
    def __init__(self, count: int, rng: Random) -> None:
        self.count, self.rng, self.offered = count, rng, 0
        self.kept: list[tuple[int, Item]] = []

    def offer(self, place: int, item: Item) -> None:
        self.offered += 1
        if len(self.kept) < self.count:
            self.kept.append((place, item))
        elif (slot := self.rng.randrange(self.offered)) < self.count:
            self.kept[slot] = (place, item)
