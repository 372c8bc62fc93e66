"""Mentions as offsets: pieces, checks, white space."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawSpan
from uniner_hf.benchmark.readers.standoff import Discontinuous, Mention, standoff_spans

TEXT = "left arm was found\nto be weak"


def spans(*pieces: tuple[int, int], repeated: str | None = None, rule: Discontinuous = "extent") -> list[RawSpan]:
    return standoff_spans(TEXT, [Mention("X", pieces, repeated, "a.ann:1")], Counter(), rule)


def test_pieces_are_read_from_the_first_to_the_last() -> None:
    assert spans((25, 29), (0, 8), repeated="weak left arm") == [RawSpan("X", 0, 29, "a.ann:1")]


def test_pieces_apart_can_be_left_out_and_are_counted() -> None:
    dropped = Counter[str]()
    mentions = [Mention("X", [(0, 8), (25, 29)], None, "a.ann:1"), Mention("X", [(0, 4)], None, "a.ann:2")]
    assert standoff_spans(TEXT, mentions, dropped, "drop") == [RawSpan("X", 0, 4, "a.ann:2")]
    assert dropped == {"mentions in several pieces": 1}


def test_pieces_cut_at_white_space_are_one() -> None:
    assert spans((13, 18), (19, 21), repeated="found to", rule="drop") == [RawSpan("X", 13, 21, "a.ann:1")]


def test_white_space_at_the_ends_is_left_out() -> None:
    assert spans((8, 13), repeated=" was ") == [RawSpan("X", 9, 12, "a.ann:1")]


def test_a_line_end_may_be_repeated_as_a_space() -> None:
    assert spans((13, 21), repeated="found to") == [RawSpan("X", 13, 21, "a.ann:1")]


@pytest.mark.parametrize(
    ("pieces", "repeated", "message"),
    [
        ([(25, 30)], None, "expected a span within the 29 characters of the text, found 25 to 30"),
        ([(5, 5)], None, "found 5 to 5"),
        ([(0, 4), (-1, 3)], None, "found -1 to 3"),
        ([(0, 4)], "Left", "expected the text 'Left' at its offsets, found 'left'"),
        ([(18, 19)], None, "expected a mention, found white space alone; restore the text file or this line"),
    ],
)
def test_mistakes(pieces: list[tuple[int, int]], repeated: str | None, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.ann:1: .*{message}"):
        spans(*pieces, repeated=repeated)


@given(st.text(alphabet="ab \n\u00a0é🇫", min_size=1), st.data())
def test_a_span_holds_what_its_offsets_hold_and_no_white_space_at_its_ends(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    mention = Mention("X", [(start, end)], None, "a.ann:1")
    if text[start:end].strip():
        (span,) = standoff_spans(text, [mention], Counter())
        assert start <= span.start and span.end <= end
        assert text[span.start : span.end] == text[start:end].strip()
    else:
        with pytest.raises(DataFormatError):
            standoff_spans(text, [mention], Counter())
