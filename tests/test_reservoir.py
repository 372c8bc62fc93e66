"""Samples of a stream: uniform, the same for a seed, in order, bounded."""

from collections import Counter
from collections.abc import Iterator

import pytest

from uniner_hf.distillation.reservoir import reservoir_sample


def test_each_item_has_the_same_chance() -> None:
    drawn = Counter(item for seed in range(3000) for item in reservoir_sample(range(20), 5, seed))
    expected = 3000 * 5 / 20
    chi_square = sum((drawn[item] - expected) ** 2 / expected for item in range(20))
    assert chi_square < 43.8, "the 99.9th percentile with 19 degrees of freedom"


def test_a_seed_gives_one_sample_in_the_order_of_the_items() -> None:
    first, again, other = (reservoir_sample(range(1000), 50, seed) for seed in (1, 1, 2))
    assert first == again == sorted(first)
    assert len(set(first)) == 50
    assert other != first


def test_all_are_drawn_where_there_are_no_more() -> None:
    assert reservoir_sample("abc", 5) == ["a", "b", "c"]
    assert reservoir_sample([], 5) == []


def test_each_subset_has_its_number_whatever_else_there_is() -> None:
    mixed = reservoir_sample(range(300), 10, subset=lambda number: number % 3)
    assert Counter(number % 3 for number in mixed) == {0: 10, 1: 10, 2: 10}
    assert mixed == sorted(mixed)
    alone = reservoir_sample(range(0, 300, 3), 10, subset=lambda number: number % 3)
    assert alone == [number for number in mixed if number % 3 == 0]


def test_what_is_not_drawn_is_not_held() -> None:
    alive: set[int] = set()
    most = 0

    class Item:
        def __init__(self) -> None:
            alive.add(id(self))

        def __del__(self) -> None:
            alive.discard(id(self))

    def items() -> Iterator[Item]:
        nonlocal most
        for _ in range(500):
            most = max(most, len(alive))
            yield Item()

    assert len(reservoir_sample(items(), 7)) == 7
    assert most <= 9  # the sample, the item that is offered and the one just made


def test_no_items_are_not_a_sample() -> None:
    with pytest.raises(ValueError, match="count of at least 1, found 0"):
        reservoir_sample("abc", 0)
