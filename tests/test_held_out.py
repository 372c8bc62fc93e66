"""The held-out tenth never moves."""

from uniner_hf.benchmark.held_out import is_held_out


def test_the_held_out_passages_are_these() -> None:
    held_out = [number for number in range(60) if is_held_out(f"Passage number {number}.")]
    assert held_out == [0, 5, 10, 13, 37]


def test_about_one_passage_in_ten_is_held_out() -> None:
    assert 900 < sum(is_held_out(f"Another passage, number {number}.") for number in range(10_000)) < 1_100
