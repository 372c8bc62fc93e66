"""Documents cut into lines or sentences: nothing is lost, nothing is cut through."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan
from uniner_hf.benchmark.readers.sentences import PassageUnit, split_document

TEXT = "  We used SPSS v. 2.3 (IBM Inc.). See Fig. 1 of Doe et al. here.\r\n\n \nA scan\nshowed it. It ended."


def texts(text: str, unit: PassageUnit, *mentions: str) -> list[str]:
    spans = [RawSpan("X", text.index(mention), text.index(mention) + len(mention), "a:1") for mention in mentions]
    return [passage.text for passage in split_document(RawPassage(text, spans), unit)]


def test_lines() -> None:
    assert texts(TEXT, "lines") == [TEXT[2:64], "A scan", "showed it. It ended."]


def test_sentences_end_at_line_ends_and_not_at_abbreviations() -> None:
    assert texts(TEXT, "sentences") == [TEXT[2:33], TEXT[34:64], "A scan", "showed it.", "It ended."]


def test_a_mention_joins_what_it_crosses() -> None:
    assert texts(TEXT, "lines", "scan\nshowed") == [TEXT[2:64], "A scan showed it. It ended."]
    assert texts(TEXT, "sentences", "scan\nshowed it. It") == [TEXT[2:33], TEXT[34:64], "A scan showed it. It ended."]
    assert texts(TEXT, "sentences", "Inc.). See", "v. 2.3") == [TEXT[2:64], "A scan", "showed it.", "It ended."]


def test_mentions_move_with_their_passage() -> None:
    document = RawPassage(" Ada left.\n  She\nmet Bob.", [RawSpan("A", 21, 24, "a:2"), RawSpan("A", 1, 4, "a:1")])
    assert list(split_document(document, "lines")) == [
        ("Ada left.", [RawSpan("A", 0, 3, "a:1")]),
        ("She", []),
        ("met Bob.", [RawSpan("A", 4, 7, "a:2")]),
    ]


def test_an_empty_document_has_no_passages() -> None:
    assert texts("", "sentences") == texts(" \n\n", "lines") == []


@st.composite
def documents(draw: st.DrawFn) -> RawPassage:
    text = draw(st.text(alphabet=st.sampled_from("aB1. !?(\"'\n\r\t\u2028\u0301é🇫🇷中。")))
    spans = []
    for _ in range(draw(st.integers(0, 4)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        mention = text[start : draw(st.integers(start + 1, len(text)))]
        if mention.strip():
            start += len(mention) - len(mention.lstrip())
            spans.append(RawSpan("X", start, start + len(mention.strip()), f"a:{len(spans)}"))
    return RawPassage(text, spans)


@given(documents(), st.sampled_from(get_args(PassageUnit)))
def test_every_character_and_every_mention_comes_once(document: RawPassage, unit: PassageUnit) -> None:
    passages = list(split_document(document, unit))
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(document.text.split())
    assert all(passage.text == passage.text.strip() != "" and "\n" not in passage.text for passage in passages)
    found = {span.place: passage.text[span.start : span.end] for passage in passages for span in passage.spans}
    assert sum(len(passage.spans) for passage in passages) == len(document.spans)
    assert {place: " ".join(text.split()) for place, text in found.items()} == {
        span.place: " ".join(document.text[span.start : span.end].split()) for span in document.spans
    }
