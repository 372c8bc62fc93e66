"""Passages joined with their neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.training.joining import joined_passages


def row(
    number: int, text: str, mentions: dict[str, str], types: list[str], foreign: tuple[str, ...] = ()
) -> dict[str, Any]:
    entities = [
        {"type": kind, "text": mention, "start": text.index(mention), "end": text.index(mention) + len(mention)}
        for mention, kind in mentions.items()
    ]
    return {"id": str(number), "text": text, "entities": entities, "types": types, "foreign_types": list(foreign)}


ROME = row(1, "In Rome it rained.", {"Rome": "city"}, ["city", "river"], ("gene", "class"))
OSLO = row(2, "Ada saw Oslo.", {"Ada": "person", "Oslo": "city"}, ["city", "person"], ("class",))


def test_two_rows_as_one() -> None:
    assert list(joined_passages([ROME, OSLO], 1.0)) == [
        {
            "id": "1+2",
            "text": "In Rome it rained. Ada saw Oslo.",
            "entities": [
                {"type": "city", "text": "Rome", "start": 3, "end": 7},
                {"type": "city", "text": "Oslo", "start": 27, "end": 31},
            ],
            "types": ["city"],
            "foreign_types": ["class"],
        }
    ]


def test_types_that_are_only_asked_where_present_stay() -> None:
    union = row(3, "Bo left.", {"Bo": "human"}, ["city"])
    (joined,) = joined_passages([ROME, union], 1.0)
    assert [entity["type"] for entity in joined["entities"]] == ["city", "human"]


def test_nothing_is_lost() -> None:
    assert list(joined_passages([ROME, OSLO], 0.0)) == [ROME, OSLO]
    assert list(joined_passages([ROME], 1.0)) == [ROME]
    assert list(joined_passages([], 1.0)) == []


@given(st.lists(st.text("ab ", min_size=1, max_size=5), max_size=8), st.floats(0, 1))
def test_texts_stay_in_order_and_mentions_at_their_places(texts: list[str], share: float) -> None:
    rows = []
    for number, text in enumerate(texts):
        whole = {"type": "x", "text": text, "start": 0, "end": len(text)}
        rows.append({"id": str(number), "text": text, "entities": [whole], "types": ["x"], "foreign_types": []})
    joined = list(joined_passages(rows, share))
    assert [number for one in joined for number in one["id"].split("+")] == [str(n) for n in range(len(texts))]
    for one in joined:
        assert [one["text"][e["start"] : e["end"]] for e in one["entities"]] == [e["text"] for e in one["entities"]]


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_the_share_is_that_of_the_rows(share: float) -> None:
    rows = [row(number, f"Passage {number}.", {}, []) for number in range(600)]
    joined = sum("+" in one["id"] for one in joined_passages(rows, share))
    # Each pair takes two rows: a row that stays alone comes with 1 - share.
    assert joined / 600 == pytest.approx(share / (1 + share), abs=0.05)
