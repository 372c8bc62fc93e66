"""The entities that answers name, and what of a conversation is left out."""

from collections import Counter

import pytest

from uniner_hf.conversations import all_in_one_conversation, conversation
from uniner_hf.distillation.answered_entities import answered_entities
from uniner_hf.schema import AnnotatedPassage, Entity, Message

PASSAGE = AnnotatedPassage(
    "0",
    "Rome, Tiber, Rome",
    (Entity("city", "Rome", 0, 4), Entity("river", "Tiber", 6, 11), Entity("city", "Rome", 13, 17)),
)


def turns(messages: list[Message]) -> list[tuple[str, str]]:
    return [(messages[place].content, messages[place + 1].content) for place in range(3, len(messages), 2)]


@pytest.mark.parametrize("asked", [["city", "lake", "river"], ["river", "city"]])
def test_what_is_asked_comes_back(asked: list[str]) -> None:
    dropped: Counter[str] = Counter()
    named = [("city", "Rome"), ("city", "Rome"), ("river", "Tiber")]
    one = answered_entities(turns(conversation(PASSAGE, asked)), dropped)
    together = answered_entities(turns(all_in_one_conversation(PASSAGE, asked)), dropped)
    assert sorted((entity["type"], entity["text"]) for entity in one) == named
    assert sorted((entity["type"], entity["text"]) for entity in together) == named
    assert not dropped


def test_a_definition_is_the_type() -> None:
    defined = turns(conversation(PASSAGE, ["river"], definitions={"river": "a stream in the text"}))
    assert answered_entities(defined, Counter()) == [{"type": "a stream in the text", "text": "Tiber"}]


def test_what_cannot_be_read_is_counted() -> None:
    dropped: Counter[str] = Counter()
    bad = [
        ("Which cities?", '["Rome"]'),
        ("What describes in the text?", '["Rome"]'),
        ("What describes city in the text?", "There are none."),
        ("What describes each of these types in the text: city?", '["Rome"]'),
        ("What describes each of these types in the text: city?", '[["Rome", "city"], ["Bonn"]]'),
    ]
    assert answered_entities(bad, dropped) == [{"type": "city", "text": "Rome"}]
    assert dropped == {
        "questions of another wording": 2,
        "answers: no list": 1,
        "answers: no pairs": 1,
        "items that are no pair": 1,
    }
