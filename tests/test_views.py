"""Rows for other uses than passages."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.views import bio_row, conversation_row, queries, tag_names
from uniner_hf.schema import AnnotatedPassage, Entity

TYPES = ["city", "river", "person"]
PASSAGE = AnnotatedPassage(
    "a/test/0", "São Paulo , Po", (Entity("city", "São Paulo", 0, 9), Entity("river", "Po", 12, 14))
)


def test_a_query_for_each_type() -> None:
    rows = list(queries(PASSAGE, TYPES, ascii_only=True))
    assert [row["id"] for row in rows] == ["a/test/0/city", "a/test/0/river", "a/test/0/person"]
    assert [row["entity_type"] for row in rows] == TYPES
    assert [message["role"] for message in rows[0]["messages"]] == ["system", "user", "assistant", "user", "assistant"]
    assert [message["content"] for message in rows[0]["messages"][1:]] == [
        "Text: São Paulo , Po",
        "I've read this text.",
        "What describes city in the text?",
        '["S\\u00e3o Paulo"]',
    ]
    plain = list(queries(PASSAGE, TYPES, ascii_only=False))
    assert [row["messages"][-1]["content"] for row in plain] == ['["São Paulo"]', '["Po"]', "[]"]


def test_a_conversation_asks_for_every_type_in_an_order_of_the_seed() -> None:
    def asked(seed: int) -> list[str]:
        turns = conversation_row(PASSAGE, TYPES, ascii_only=False, seed=seed)["messages"][3::2]
        return [re.fullmatch("What describes (.*) in the text\\?", turn["content"])[1] for turn in turns]  # type: ignore[index]

    orders = [asked(seed) for seed in range(12)]
    assert all(sorted(order) == sorted(TYPES) for order in orders)
    assert orders == [asked(seed) for seed in range(12)]
    assert len({tuple(order) for order in orders}) > 2


@pytest.mark.parametrize(
    ("text", "spans", "tokenized", "tags"),
    [
        ("New York .", {"city": [(0, 8)]}, True, "New/B-city York/I-city ./O"),
        ("New York.", {"city": [(0, 8)]}, False, "New/B-city York/I-city ./O"),
        ("Po Po", {"river": [(0, 2), (3, 5)]}, True, "Po/B-river Po/B-river"),
        ("U.S. law", {"city": [(0, 4)]}, True, "U.S./B-city law/O"),
        ("", {}, True, ""),
    ],
)
def test_tags(text: str, spans: dict[str, list[tuple[int, int]]], tokenized: bool, tags: str) -> None:
    assert tagged(text, spans, tokenized) == (tags, {})


def test_entities_that_tags_cannot_tell_are_counted() -> None:
    cut = ("Romeo/O", {"mentions that begin or end within a token": 1})
    assert tagged("Romeo", {"city": [(0, 4)]}, tokenized=False) == cut
    nested = ("Po/B-bay bay/I-bay", {"mentions that overlap a longer one": 1})
    assert tagged("Po bay", {"river": [(0, 2)], "bay": [(0, 6)]}, tokenized=True) == nested


def tagged(text: str, spans: dict[str, list[tuple[int, int]]], tokenized: bool) -> tuple[str, Counter[str]]:
    entities = [Entity(kind, text[start:end], start, end) for kind, where in spans.items() for start, end in where]
    dropped = Counter[str]()
    row = bio_row(AnnotatedPassage("0", text, tuple(entities)), tokenized=tokenized, dropped=dropped)
    return " ".join(map("/".join, zip(row["tokens"], row["ner_tags"], strict=True))), dropped


@given(st.data(), st.booleans())
def test_every_entity_is_told_by_tags_or_counted(data: st.DataObject, tokenized: bool) -> None:
    text = data.draw(st.text("ab .,é", max_size=20))
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    entities = {Entity("x", text[start:end], start, end) for start, end in spans if start < end}
    dropped = Counter[str]()
    row = bio_row(AnnotatedPassage("0", text, tuple(entities)), tokenized=tokenized, dropped=dropped)
    assert sum(tag == "B-x" for tag in row["ner_tags"]) + dropped.total() == len(entities)
    assert "".join(row["tokens"]) == re.sub(r"\s", "", text)
    assert set(row["ner_tags"]) <= set(tag_names(["x"]))
    tags = ["O", *row["ner_tags"]]
    assert not any(one == "O" and after == "I-x" for one, after in zip(tags, tags[1:], strict=False))
