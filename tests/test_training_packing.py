"""Documents in rows: none lost, none in two rows, no row too long, as many rows in each epoch."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.training.packing import best_fit, packed_rows, row_count

LENGTHS = st.lists(st.integers(1, 100), min_size=1, max_size=60)


@given(LENGTHS)
def test_each_document_is_in_one_row_that_has_room_for_it(lengths: list[int]) -> None:
    rows = best_fit(lengths, 100)
    assert sorted(document for row in rows for document in row) == list(range(len(lengths)))
    filled = [sum(lengths[document] for document in row) for row in rows]
    assert max(filled) <= 100
    # Were two rows together short enough for one, the documents of the later one would have gone into the earlier.
    assert all(one + other > 100 for place, one in enumerate(filled) for other in filled[:place])


@given(LENGTHS, LENGTHS)
def test_the_number_of_rows_stays_that_of_the_first_epoch(first: list[int], later: list[int]) -> None:
    lengths = (later * len(first))[: len(first)]
    count = row_count(first, 100)
    rows = packed_rows(lengths, 100, count)
    assert len(rows) == count <= len(first)
    assert all(0 < len(row) and sum(lengths[document] for document in row) <= 100 for row in rows)
    told = [document for row in rows for document in row]
    assert len(told) == len(set(told))
    if len(best_fit(lengths, 100)) <= count:
        assert sorted(told) == list(range(len(lengths)))


def test_a_document_longer_than_a_row_has_one_for_itself() -> None:
    assert best_fit([120, 5], 100) == [[0], [1]]


def test_documents_that_find_no_row_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert packed_rows([60, 60, 60], 100, 2) == [[0], [1]]
    assert "left out of this epoch: 1 of 3 documents, the rows are full" in caplog.text
