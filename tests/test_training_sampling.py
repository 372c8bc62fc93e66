"""Which passages of a set are drawn, and how often each comes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from uniner_hf.training.sampling import copies, sampled

ROWS = [{"id": f"set/train/{number}"} for number in range(2000)]


def drawn(rows: list[dict[str, Any]], count: int, seed: int = 0) -> list[str]:
    return [row["id"] for row in sampled(rows, count, seed, Counter(), "beyond")]


def test_a_sample_is_in_order_and_counts_the_rest() -> None:
    left_out: Counter[str] = Counter()
    kept = list(sampled(ROWS, 500, 0, left_out, "beyond"))
    assert kept == sorted(kept, key=ROWS.index) and len(kept) == 500
    assert left_out == {"beyond": 1500}
    assert drawn(ROWS[:20], 30) == [row["id"] for row in ROWS[:20]]


def test_a_sample_depends_on_seed_and_ids_alone() -> None:
    assert drawn(ROWS, 100) == drawn(ROWS, 100)
    assert {*drawn(ROWS[::-1], 100)} == {*drawn(ROWS, 100)} < {*drawn(ROWS, 101)}
    assert len({*drawn(ROWS, 500)} & {*drawn(ROWS, 500, seed=1)}) < 200, "a quarter, 125, is common by chance"


def test_a_sample_is_uniform() -> None:
    halves = Counter(int(one.split("/")[2]) // 500 for seed in range(20) for one in drawn(ROWS, 100, seed))
    assert all(400 < halves[quarter] < 600 for quarter in range(4)), "500 of 2000 each are expected"


def test_no_more_than_the_sample_is_held() -> None:
    alive: set[int] = set()
    most = 0

    class Row(dict[str, Any]):
        def __init__(self, number: int) -> None:
            super().__init__(id=str(number))
            alive.add(number)

        def __del__(self) -> None:
            alive.discard(int(self["id"]))

    def rows() -> Iterator[Row]:
        nonlocal most
        for number in range(1000):
            yield Row(number)
            most = max(most, len(alive))

    assert len(list(sampled(rows(), 50, 0, Counter(), "beyond"))) == 50
    assert most <= 55


def test_weights() -> None:
    for weight in (1.0, 2.0, 7.0):
        assert {copies(row["id"], weight, seed=3) for row in ROWS} == {int(weight)}
    for weight, floor in ((0.5, 0), (2.5, 2), (1.1, 1)):
        counts = [copies(row["id"], weight, seed=0) for row in ROWS]
        assert {*counts} == {floor, floor + 1}
        assert abs(sum(counts) / len(ROWS) - weight) < 0.04
    half = [copies(row["id"], 0.5, seed=0) for row in ROWS]
    assert half == [copies(row["id"], 2.5, seed=0) - 2 for row in ROWS] != [copies(r["id"], 0.5, 1) for r in ROWS]
