"""Cutting a text where entities begin and end: nothing of the text and no entity is lost."""

from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.cli.highlighting import FoundEntity, segments


def found(entity_type: str, start: int, end: int) -> FoundEntity:
    return {"entity_group": entity_type, "score": 0.5, "word": "", "start": start, "end": end}


@st.composite
def texts_with_entities(draw: st.DrawFn) -> tuple[str, list[FoundEntity]]:
    text = draw(st.text(min_size=1, max_size=30))
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda span: span[0] != span[1])
    pairs = draw(st.lists(spans.map(sorted), max_size=8))
    return text, [found(str(number), start, end) for number, (start, end) in enumerate(pairs)]


@given(texts_with_entities())
def test_text_is_kept_and_each_entity_covers_its_span_and_closes_once(case: tuple[str, list[FoundEntity]]) -> None:
    text, entities = case
    parts = list(segments(text, entities))
    assert "".join(part.text for part in parts) == text
    closed = [entity["entity_group"] for part in parts for entity in part.closing]
    assert sorted(closed) == sorted(entity["entity_group"] for entity in entities)
    for entity in entities:
        assert "".join(p.text for p in parts if entity in p.covering) == text[entity["start"] : entity["end"]]


def test_crossing_entities_share_the_middle_segment() -> None:
    parts = list(segments("abcdef", [found("second", 2, 6), found("first", 0, 4)]))
    assert [(p.text, [e["entity_group"] for e in p.covering]) for p in parts] == [
        ("ab", ["first"]),
        ("cd", ["first", "second"]),
        ("ef", ["second"]),
    ]


def test_an_empty_text_has_no_segments() -> None:
    assert list(segments("", [])) == []
