"""Rows of a training set: their columns and their turns."""

import datasets
import pytest
from tiny_models import passages

from uniner_hf.conversations import SYSTEM_MESSAGE, passage_messages
from uniner_hf.schema import Message
from uniner_hf.training.rows import (
    check_columns,
    conversation_of,
    entities_by_type,
    split_conversation,
    type_frequencies,
)

OPENING = [Message("user", "Text: Hi."), Message("assistant", "I've read this text.")]
ASKED = [Message("user", "What describes city in the text?"), Message("assistant", "[]")]
TURNS = [{"role": one.role, "content": one.content} for one in [*OPENING, *ASKED]]


def test_columns_are_passages_or_conversations() -> None:
    check_columns(passages())
    check_columns(datasets.Dataset.from_list([{"messages": TURNS}]))
    check_columns(datasets.Dataset.from_list([{"conversations": []}]))
    with pytest.raises(
        ValueError, match="the columns text and entities .* or messages or conversations; found tokens, ner_tags"
    ):
        check_columns(datasets.Dataset.from_list([{"tokens": ["a"], "ner_tags": [0]}]))


def test_mentions_come_in_text_order_with_their_duplicates() -> None:
    entities = [("city", "Rome", 9), ("river", "Po", 4), ("city", "Rome", 0)]
    row = {"entities": [{"type": t, "text": m, "start": s, "end": s + len(m)} for t, m, s in entities]}
    told = {kind: [(one["text"], one["start"]) for one in found] for kind, found in entities_by_type(row).items()}
    assert told == {"city": [("Rome", 0), ("Rome", 9)], "river": [("Po", 4)]}


def test_frequencies_count_mentions() -> None:
    assert type_frequencies(passages(2)) == {"person": 10, "location": 6, "organization": 2, "award": 2}


def test_conversation_without_a_system_message_gets_that_of_the_template() -> None:
    opening, turns = split_conversation([*OPENING, *ASKED])
    assert opening == passage_messages("Hi.")
    assert turns == [("What describes city in the text?", "[]")]
    own = Message("system", "Be brief.")
    assert split_conversation([own, *OPENING])[0][0] == Message("system", "Be brief.") != SYSTEM_MESSAGE


def test_a_conversation_as_messages_and_as_pile_ner_is_published() -> None:
    speakers = {"user": "human", "assistant": "gpt"}
    published = [{"from": speakers[one.role], "value": one.content} for one in [*OPENING, *ASKED]]
    assert conversation_of({"messages": TURNS}) == [*OPENING, *ASKED]
    assert conversation_of({"conversations": published}) == [*OPENING, *ASKED]
    assert conversation_of({"text": "Hi.", "entities": [], "messages": None}) == []


@pytest.mark.parametrize(
    "row",
    [
        {"id": "7", "messages": [{"role": "bot", "content": "[]"}]},
        {"id": "7", "messages": [{"from": "human", "value": "[]"}]},
        {"id": "7", "conversations": [{"from": "human", "value": None}]},
    ],
)
def test_turns_of_unknown_roles_or_without_text_are_refused(row) -> None:
    with pytest.raises(
        ValueError, match=r"Expected turns with (role|from), one of .*, found .* in row '7'; rename its keys and role"
    ):
        conversation_of(row)


@pytest.mark.parametrize(
    "messages", [[], OPENING[:1], [*OPENING, ASKED[0]], [*OPENING, *ASKED[::-1]], [OPENING[1], *ASKED]]
)
def test_turns_that_do_not_alternate_are_refused(messages) -> None:
    with pytest.raises(ValueError, match="turns that alternate, after an optional system message, found the roles"):
        split_conversation(messages)
