"""Windows in batches of like length, results in their order."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.decoding.batching import READ_AHEAD, answered_in_order, buffered


def recorded(batches: list[list[str]]) -> object:
    """Return an answer function that keeps the batches it was given."""

    def answer(batch: list[str]) -> list[str]:
        batches.append(batch)
        return [window.upper() for window in batch]

    return answer


@given(
    windows=st.lists(st.text("ab", max_size=9), max_size=40),
    batch_size=st.integers(1, 5),
    limit=st.none() | st.integers(1, 20),
)
def test_results_come_in_order_and_batches_keep_their_limits(windows, batch_size, limit) -> None:
    batches: list[list[str]] = []
    results = answered_in_order(
        iter(windows), recorded(batches), length=len, batch_size=batch_size, max_batch_tokens=limit
    )
    assert list(results) == [window.upper() for window in windows]
    assert sorted(window for batch in batches for window in batch) == sorted(windows)
    for batch in batches:
        assert 1 <= len(batch) <= batch_size
        assert limit is None or len(batch) == 1 or len(batch) * max(map(len, batch)) <= limit


def test_windows_of_like_length_share_a_batch() -> None:
    batches: list[list[str]] = []
    windows = ["a", "bbbbbb", "c", "dddddd"]
    list(answered_in_order(iter(windows), recorded(batches), length=len, batch_size=2))
    assert batches == [["bbbbbb", "dddddd"], ["a", "c"]]


def test_the_stream_is_read_a_few_batches_ahead() -> None:
    read = []

    def windows() -> Iterator[str]:
        for number in range(100):
            read.append(number)
            yield "a"

    results = answered_in_order(windows(), recorded([]), length=len, batch_size=2)
    next(results)
    assert len(read) == 2 * READ_AHEAD
    results = answered_in_order(windows(), recorded([]), length=len, batch_size=1)
    read.clear()
    next(results)
    assert len(read) == 1, "one at a time means now"


def test_what_came_before_a_failure_comes_first() -> None:
    def windows() -> Iterator[str]:
        yield from "abc"
        raise ValueError("no window")

    found = buffered(windows(), 2)
    assert [next(found), next(found)] == [["a", "b"], ["c"]]
    with pytest.raises(ValueError, match="no window"):
        next(found)
