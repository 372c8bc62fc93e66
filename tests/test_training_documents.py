"""What rows become: one document, or several with the same passage; nothing of a row is lost unnoticed."""

import logging
from pathlib import Path
from typing import Any

import datasets
import pytest
from tiny_models import SENTENCES, llama, llama_tokenizer, passages, settings

from uniner_hf.conversations import passage_messages, render
from uniner_hf.training.dataset import IGNORED, ConversationDataset
from uniner_hf.training.documents import ROOM
from uniner_hf.training.trainer import UniNERTrainer

TYPES = [f"kind {letter}" for letter in "abcdefghij"]
TEXT = " ".join(f"m{letter}" for letter in "abcdefghij")


def made(tmp_path: Path, source: datasets.Dataset, **given: Any) -> ConversationDataset:
    return ConversationDataset(source, llama_tokenizer(), settings(tmp_path, **given))


def many_types() -> datasets.Dataset:
    entities = [
        {"type": kind, "text": f"m{kind[-1]}", "start": 3 * n, "end": 3 * n + 2} for n, kind in enumerate(TYPES)
    ]
    return datasets.Dataset.from_list([{"id": "x/0", "text": TEXT, "entities": entities}])


def answers(dataset: ConversationDataset, number: int) -> list[str]:
    """Return the answers that bear loss in an example."""
    learnt = [token for token in dataset[number]["labels"] if token != IGNORED]
    return [told.strip() for told in llama_tokenizer().decode(learnt).split("</s>") if told.strip()]


@pytest.mark.parametrize("conversational", [False, True])
def test_long_passages_are_left_out_and_counted(
    conversational: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
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
    longest = max(lengths)
    with caplog.at_level(logging.WARNING):
        kept = made(tmp_path, source, max_length=longest + ROOM - 1, question_attention="independent")
    left_out = lengths.count(longest)
    assert len(kept) == len(kept.passages()) == len(source) - left_out
    assert f"left out: {left_out} of 6 passages, too long" in caplog.text
    for limit in (longest + ROOM, None):
        assert len(made(tmp_path, source, max_length=limit, question_attention="independent")) == len(source)


def test_nothing_left_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="max_length=20 tokens, found none in 6 rows; raise max_length"):
        made(tmp_path, passages(), max_length=20)


@pytest.mark.parametrize("packing", [False, True])
@pytest.mark.parametrize("attention", ["conversation", "independent"])
def test_a_conversation_too_long_becomes_several_with_the_same_passage(
    attention: str, packing: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        dataset = made(tmp_path, many_types(), max_length=150, question_attention=attention, packing=packing)
    one_each = attention == "independent" and not packing  # then a question has the room behind the passage to itself
    assert (len(dataset) == 1) == one_each
    assert ("questions of 1 of 1 passages, which together are too long" in caplog.text) == (not one_each)
    for epoch in range(3):
        numbers = range(epoch * len(dataset), (epoch + 1) * len(dataset))
        told = [answer for number in numbers for answer in answers(dataset, number)]
        assert sorted(told) == [f'["m{kind[-1]}"]' for kind in TYPES], "each type once, in one of the conversations"
        for number in numbers:
            assert TEXT in llama_tokenizer().decode(dataset[number]["input_ids"])
            assert one_each or len(dataset[number]["input_ids"]) <= 150


def test_types_that_are_drawn_go_to_the_parts_that_have_room(tmp_path: Path) -> None:
    else_ = {"type": "other", "text": "else", "start": 4, "end": 8}
    rows = [*many_types(), {"id": "x/1", "text": "All else .", "entities": [else_]}]
    dataset = made(tmp_path, datasets.Dataset.from_list(rows), max_length=150, negatives_per_passage=1)
    parts = range(len(dataset) - 1)
    assert len(parts) > 1
    told = [answer for number in parts for answer in answers(dataset, number)]
    assert sorted(told) == sorted([*(f'["m{kind[-1]}"]' for kind in TYPES), "[]"])


def test_a_question_whose_answer_has_no_room_is_left_out_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    read = {"role": "assistant", "content": "I've read this text."}
    turns = [{"role": "user", "content": "Text: Hi."}, read]
    for name, told in (("city", '["Hi"]'), ("river", str(["Hi"] * 100)), ("lake", "[]")):
        turns += [
            {"role": "user", "content": f"What describes {name} in the text?"},
            {"role": "assistant", "content": told},
        ]
    with caplog.at_level(logging.WARNING):
        dataset = made(tmp_path, datasets.Dataset.from_list([{"messages": turns}]), max_length=150)
    assert sorted(answers(dataset, 0)) == ['["Hi"]', "[]"]
    assert "left out: 1 questions whose answer does not fit behind its passage in max_length=150" in caplog.text


def test_paraphrases_leave_the_number_of_documents_as_it_is(tmp_path: Path) -> None:
    names = {kind: [kind, f"a rather long name of {kind}"] for kind in TYPES}
    dataset = made(tmp_path, many_types(), max_length=150, type_paraphrases=names, paraphrase_rate=0.5)
    for epoch in range(4):
        numbers = range(epoch * len(dataset), (epoch + 1) * len(dataset))
        assert sum(len(answers(dataset, number)) for number in numbers) == len(TYPES)
        assert max(len(dataset[number]["input_ids"]) for number in numbers) <= 150


def test_a_packed_trainer_parts_questions_by_tokens(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    args = settings(tmp_path, max_length=150, question_attention="independent", packing=True)
    one = UniNERTrainer(llama(len(tokenizer)), args, many_types(), processing_class=tokenizer)
    assert args.packing and len(one.train_dataset) > 1
    told = [answer for number in range(len(one.train_dataset)) for answer in answers(one.train_dataset, number)]
    assert sorted(told) == [f'["m{kind[-1]}"]' for kind in TYPES]
