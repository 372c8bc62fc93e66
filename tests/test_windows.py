"""Windows of a text: nothing left out, nothing cut that can be kept whole."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.decoding.windows import Window, windows

SHORT = ["one", "Ada", "a", "北京大学", "e.g.", "U.S.", "end.", "No!", '"So?"', "\n", "👩\u200d💻"]
WORDS = st.sampled_from([*SHORT, "x" * 40])
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


def tokens(text: str, size: int = 3) -> list[tuple[int, int]]:
    """Return tokens of up to `size` letters; an emoji is two tokens, as it is where bytes are tokens."""
    offsets = []
    for word in re.finditer(r"[a-zA-Z]+|\S", text):
        starts = range(word.start(), word.end(), size)
        offsets += [(start, min(start + size, word.end())) for start in starts] * (2 if word[0] > "\uffff" else 1)
    return offsets


def cut(text: str, limit: int, stride: int, offsets: list[tuple[int, int]] | None = None) -> list[Window]:
    return list(windows(text, tokens(text) if offsets is None else offsets, limit, stride))


@given(text=TEXTS, limit=st.integers(8, 40), part=st.integers(0, 4))
def test_owned_parts_cover_the_text_once_and_windows_hold_them(text, limit, part) -> None:
    found = cut(text, limit, limit // 4 * part // 4)
    assert found[0].owned[0] == 0 and found[-1].owned[1] == len(text)
    assert all(one.owned[1] == after.owned[0] for one, after in pairwise(found))
    for window in found:
        start, end = window.owned
        assert start <= end
        assert text[window.offset : window.offset + len(window.text)] == window.text
        assert window.offset <= start or not text[start : window.offset].strip()
        assert not text[window.offset + len(window.text) : end].strip()


@given(text=TEXTS, limit=st.integers(8, 40), part=st.integers(0, 4))
def test_no_window_is_longer_than_the_limit_and_each_goes_further(text, limit, part) -> None:
    found = cut(text, limit, limit // 4 * part // 4)
    assert all(len(tokens(window.text)) <= limit for window in found)
    assert all(one.offset < after.offset for one, after in pairwise(found))
    assert len(found) <= 1 + len(tokens(text)) // (limit // 4)


@given(text=st.lists(st.sampled_from(SHORT), max_size=60).map(" ".join), limit=st.integers(16, 40))
def test_no_word_is_cut(text, limit) -> None:
    for window in cut(text, limit, 4):
        for place in (window.offset, window.offset + len(window.text)):
            assert not re.search(r"[a-zA-Z]", text[:place][-1:]) or not re.match(r"[a-zA-Z]", text[place:])


@given(text=TEXTS, stride=st.integers(1, 8))
def test_neighbours_share_what_was_asked_and_the_border_is_inside_of_it(text, stride) -> None:
    offsets = tokens(text)
    for one, after in pairwise(cut(text, 32, stride)):
        shared = [token for token in offsets if after.offset <= token[0] and token[1] <= one.offset + len(one.text)]
        assert len(shared) >= stride
        assert after.offset <= one.owned[1] <= one.offset + len(one.text)


def test_short_text_is_one_window() -> None:
    assert cut("Ada met Ada.", 8, 2) == [Window("Ada met Ada.", 0, (0, 12))]
    assert cut("", 8, 2) == [Window("", 0, (0, 0))]
    assert cut(" \n ", 8, 2) == [Window(" \n ", 0, (0, 3))]


def test_window_ends_after_a_sentence_where_one_ends_in_its_second_half() -> None:
    text = "One two six ten. One two six ten. One two six ten."
    assert cut(text, 12, 0)[0].text == "One two six ten. One two six ten."
    assert cut(text, 11, 0)[0].text == "One two six ten. One two six ten."
    assert cut(text, 9, 0)[0].text == "One two six ten."
    assert cut("a b c d. e f g h i j k l m n o p", 12, 0)[0].text == "a b c d. e f g h i j k"


def test_long_stretch_without_a_space_is_cut_in_few_windows() -> None:
    for text in ("x" * 3000, "北京" * 500):
        found = cut(text, 20, 4)
        assert len(found) < 100
        assert {place for one in found for place in range(one.offset, one.offset + len(one.text))} == set(
            range(len(text))
        )


def test_space_that_a_token_begins_with_is_not_part_of_the_window() -> None:
    text = "aa bb cc dd ee ff gg hh ii jj"
    offsets = [(max(0, start - 1), start + 2) for start in range(0, len(text), 3)]
    found = cut(text, 4, 1, offsets)
    assert [window.text for window in found] == ["aa bb cc dd", "dd ee ff gg", "gg hh ii jj"]
    assert [window.offset for window in found] == [0, 9, 18]
