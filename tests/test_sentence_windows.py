"""Windows of whole sentences: nothing left out, no sentence cut that fits."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.decoding.sentence_windows import sentence_windows
from uniner_hf.decoding.windows import Window

WORDS = st.sampled_from(
    ["one", "Ada", "a", "北京大学", "e.g.", "Dr.", "end.", "No!", '"So?"', "\n", "👩\u200d💻", "x" * 40]
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


def tokens(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[a-zA-Z]{1,3}|\S", text)]


def cut(text: str, limit: int, stride: int = 0) -> list[Window]:
    return list(sentence_windows(text, tokens(text), limit, stride))


@given(text=TEXTS, limit=st.integers(8, 40))
def test_owned_parts_cover_the_text_once_and_windows_hold_them(text, limit) -> None:
    found = cut(text, limit, limit // 4)
    assert found[0].owned[0] == 0 and found[-1].owned[1] == len(text)
    assert all(one.owned[1] == after.owned[0] for one, after in pairwise(found))
    for window in found:
        start, end = window.owned
        assert text[window.offset : window.offset + len(window.text)] == window.text
        assert window.offset <= start or not text[start : window.offset].strip()
        assert not text[window.offset + len(window.text) : end].strip()
        assert len(tokens(window.text)) <= limit


def test_as_many_sentences_as_fit_share_a_window_and_windows_share_nothing() -> None:
    text = "Ada met Bob. Bob left. Ada went home again, at last. So it ended."
    assert [window.text.strip() for window in cut(text, 8)] == [
        "Ada met Bob. Bob left.", "Ada went home again,", "at last.", "So it ended.",
    ]  # fmt: skip
    assert [window.text.strip() for window in cut(text, 13)] == [
        "Ada met Bob. Bob left.", "Ada went home again, at last.", "So it ended.",
    ]  # fmt: skip
    assert [window.text for window in cut(text, 100)] == [text]


def test_a_sentence_that_does_not_fit_is_read_in_windows_that_overlap() -> None:
    text = "One two. " + " ".join(["ten"] * 12) + ". One two."
    found = [window.text.strip() for window in cut(text, 6, 2)]
    assert found[0] == "One two." and found[-1] == "One two."
    assert sum(map(len, found)) > len(text)


def test_short_texts_are_one_window() -> None:
    for text in ("Ada met Ada.", "", " \n "):
        assert cut(text, 8) == [Window(text, 0, (0, len(text)))]
