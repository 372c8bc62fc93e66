"""Runs of words that texts share, whatever their case and punctuation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.contamination import NgramIndex

THIRTEEN = "one two three four five six seven eight nine ten eleven twelve thirteen"
WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


def test_a_run_of_thirteen_words_is_found_anywhere() -> None:
    index = NgramIndex([f"Zero {THIRTEEN} ."])
    assert index.overlaps(f"And: {THIRTEEN.upper()}, and so on.")
    assert index.overlaps(THIRTEEN.replace(" ", " -- "))
    assert not index.overlaps(THIRTEEN.replace("seven", "7"))
    assert not index.overlaps(THIRTEEN.removesuffix(" thirteen"))
    assert len(index) == 2


def test_a_shorter_text_is_found_as_a_whole() -> None:
    index = NgramIndex(["one two three four five six seven eight"])
    assert index.overlaps(THIRTEEN)
    assert not index.overlaps("two three four five six seven eight nine ten eleven twelve thirteen")


def test_a_common_phrase_is_not_looked_for_but_counted() -> None:
    index = NgramIndex(["one two three four five six seven", ""])
    assert not index.overlaps(THIRTEEN)
    assert (len(index), index.too_short) == (0, 2)


def test_letters_of_other_shapes_are_the_same() -> None:
    assert NgramIndex(["STRASSE ﬁn e\u0301tude"], words=3, fewest=3).overlaps("straße fin \u00e9tude")


@given(st.lists(WORDS, max_size=4), WORDS, st.integers(1, 5))
def test_the_index_agrees_with_a_comparison_of_all_runs(texts: list[list[str]], other: list[str], length: int) -> None:
    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}

    index = NgramIndex(map(" ".join, texts), words=length, fewest=length)
    assert index.overlaps(", ".join(other)) == any(runs(text) & runs(other) for text in texts)


@pytest.mark.parametrize("fewest", [0, 14])
def test_a_shortest_text_longer_than_a_run_is_refused(fewest: int) -> None:
    with pytest.raises(ValueError, match="fewest to be from 1 to words"):
        NgramIndex([], fewest=fewest)
