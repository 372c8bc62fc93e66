"""Rows of a training set: their columns, their turns, and those that are too long."""

import logging

import datasets
import pytest
from tiny_models import SENTENCES, llama_tokenizer, passages

from uniner_hf.conversations import SYSTEM_MESSAGE, passage_messages, render
from uniner_hf.schema import Message
from uniner_hf.training.rows import (
    ROOM,
    check_columns,
    mentions_by_type,
    split_conversation,
    type_frequencies,
    without_long_passages,
)

OPENING = [{"role": "user", "content": "Text: Hi."}, {"role": "assistant", "content": "I've read this text."}]
ASKED = [{"role": "user", "content": "What describes city in the text?"}, {"role": "assistant", "content": "[]"}]


def test_columns_are_passages_or_conversations() -> None:
    check_columns(passages())
    check_columns(datasets.Dataset.from_list([{"messages": OPENING}]))
    with pytest.raises(ValueError, match="the columns text and entities .* or messages .*; found tokens, ner_tags"):
        check_columns(datasets.Dataset.from_list([{"tokens": ["a"], "ner_tags": [0]}]))


def test_mentions_come_in_text_order_with_their_duplicates() -> None:
    entities = [("city", "Rome", 9), ("river", "Po", 4), ("city", "Rome", 0)]
    row = {"entities": [{"type": t, "text": m, "start": s, "end": s + len(m)} for t, m, s in entities]}
    assert mentions_by_type(row) == {"city": ["Rome", "Rome"], "river": ["Po"]}


def test_frequencies_count_mentions() -> None:
    assert type_frequencies(passages(2)) == {"person": 10, "location": 6, "organization": 2, "award": 2}


def test_conversation_without_a_system_message_gets_that_of_the_template() -> None:
    opening, turns = split_conversation([*OPENING, *ASKED])
    assert opening == passage_messages("Hi.")
    assert turns == [("What describes city in the text?", "[]")]
    own = {"role": "system", "content": "Be brief."}
    assert split_conversation([own, *OPENING])[0][0] == Message("system", "Be brief.") != SYSTEM_MESSAGE


@pytest.mark.parametrize(
    "messages", [[], OPENING[:1], [*OPENING, ASKED[0]], [*OPENING, *ASKED[::-1]], [OPENING[1], *ASKED]]
)
def test_turns_that_do_not_alternate_are_refused(messages) -> None:
    with pytest.raises(ValueError, match="turns that alternate, after an optional system message, found the roles"):
        split_conversation(messages)


@pytest.mark.parametrize("conversational", [False, True])
def test_long_passages_are_left_out_and_counted(conversational: bool, caplog: pytest.LogCaptureFixture) -> None:
    tokenizer = llama_tokenizer()
    source = passages()
    if conversational:
        read = {"role": "assistant", "content": "I've read this text."}
        rows = [{"messages": [{"role": "user", "content": f"Text: {text}"}, read]} for text in SENTENCES]
        source = datasets.Dataset.from_list(rows)
    lengths = [
        1 + len(tokenizer(render(passage_messages(text)).text, add_special_tokens=False).input_ids)
        for text in SENTENCES
    ]
    longest = sorted(lengths)[-1]
    with caplog.at_level(logging.WARNING):
        kept = without_long_passages(source, tokenizer, longest + ROOM - 1)
    left_out = lengths.count(longest)
    assert len(kept) == len(source) - left_out
    assert f"left out: {left_out} of 6 passages, too long" in caplog.text
    assert without_long_passages(source, tokenizer, longest + ROOM) is source
    assert without_long_passages(source, tokenizer, None) is source


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_length=20 tokens, found none in 6 rows; raise max_length"):
        without_long_passages(passages(), llama_tokenizer(), 20)
