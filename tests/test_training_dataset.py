"""Examples made on the fly: what is learnt, in which order questions come, and that an epoch can be made again."""

import re
from pathlib import Path
from typing import Any

import datasets
import pytest
from tiny_models import SENTENCES, llama_tokenizer, passages, settings, wordpiece_tokenizer

from uniner_hf.training.dataset import IGNORED, ConversationDataset

TOKENIZERS = pytest.mark.parametrize("tokenizer", [wordpiece_tokenizer(), llama_tokenizer()], ids=["bert", "llama"])
TEXTS = list(SENTENCES)


def dataset(tmp_path: Path, tokenizer: Any = None, source: Any = None, **given: Any) -> ConversationDataset:
    return ConversationDataset(source or passages(), tokenizer or llama_tokenizer(), settings(tmp_path, **given))


def asked(example: dict[str, Any], tokenizer: Any) -> list[str]:
    """Return the types that an example asks for, in order."""
    return re.findall("what describes (.*?) in the text", tokenizer.decode(example["input_ids"]), re.IGNORECASE)


@TOKENIZERS
@pytest.mark.parametrize("attention", ["conversation", "independent"])
@pytest.mark.parametrize("loss_on", ["answers", "assistant"])
def test_answers_and_their_end_tokens_bear_labels_and_nothing_else(tmp_path, tokenizer, attention, loss_on) -> None:
    made = dataset(tmp_path, tokenizer, question_attention=attention, loss_on=loss_on)
    end = tokenizer.eos_token or "</s>"
    for index, (text, typed) in enumerate(SENTENCES.items()):
        example = made[index]
        learnt = [token for token in example["labels"] if token != IGNORED]
        assert all(
            label in (IGNORED, token) for token, label in zip(example["input_ids"], example["labels"], strict=True)
        )
        order = asked(example, tokenizer)
        answers = [" [" + ", ".join(f'"{mention}"' for mention in typed.get(name, [])) + "]" + end for name in order]
        fixed = [" I've read this text." + end] if loss_on == "assistant" else []
        assert squeezed(tokenizer.decode(learnt)) == squeezed(
            tokenizer.decode(plain(tokenizer, "".join(fixed + answers)))
        )
        assert text.split()[0].lower() in tokenizer.decode(example["input_ids"]).lower()


def plain(tokenizer: Any, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False).input_ids


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("index", range(len(TEXTS)))
def test_the_types_of_the_passage_are_asked_once_and_all_else_is_answered_with_nothing(tmp_path, index) -> None:
    tokenizer = llama_tokenizer()
    types = asked(dataset(tmp_path, tokenizer)[index], tokenizer)
    assert len(types) == len(set(types))
    assert set(types) == {"person", "location", "organization", "award"}, "four types in all: the rest are negatives"


def test_order_and_negatives_differ_between_epochs_and_can_be_made_again(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    made = dataset(tmp_path, tokenizer, negatives_per_passage=1, negative_frequency_power=0.0)
    epochs: list[list[list[str]]] = []
    for epoch in range(4):
        epochs.append([asked(made[epoch * 6 + index], tokenizer) for index in range(len(made))])
    assert len({str(epoch) for epoch in epochs}) == 4
    person_and_award = [epoch[2] for epoch in epochs]
    assert len({tuple(types) for types in person_and_award}) > 1
    assert len({frozenset(types) for types in person_and_award}) > 1, "the negatives were never others"
    again = dataset(tmp_path, tokenizer, negatives_per_passage=1, negative_frequency_power=0.0)
    assert [asked(again[12 + index], tokenizer) for index in reversed(range(6))] == epochs[2][::-1]
    other = dataset(tmp_path, tokenizer, negatives_per_passage=1, negative_frequency_power=0.0, seed=43)
    assert [asked(other[index], tokenizer) for index in range(6)] != epochs[0]


def test_only_types_that_the_source_annotates_are_negatives(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    rows = [
        {**row, "types": types} for row, types in zip(passages(), [["person", "never"], [], *[None] * 4], strict=True)
    ]
    made = dataset(tmp_path, tokenizer, datasets.Dataset.from_list(rows))
    assert set(asked(made[0], tokenizer)) == {"person", "location"}, "a type that has no mention anywhere is not asked"
    assert set(asked(made[1], tokenizer)) == {"organization", "location"}
    assert len(asked(made[2], tokenizer)) == 4


def test_foreign_negatives_are_drawn_besides_the_others(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    rows = [{**row, "types": ["person"], "foreign_types": ["location", "organization", "award"]} for row in passages()]
    source = datasets.Dataset.from_list(rows)
    for count in (0, 1, 2):
        made = dataset(tmp_path, tokenizer, source, negatives_per_passage=9, foreign_negatives_per_passage=count)
        for index, typed in enumerate(SENTENCES.values()):
            types = asked(made[index], tokenizer)
            foreign = len({"location", "organization", "award"} - set(typed))
            assert len(types) == len(set(types)) == len({*typed, "person"}) + min(count, foreign)


def test_no_negatives(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    made = dataset(tmp_path, tokenizer, negatives="none")
    assert [sorted(asked(made[index], tokenizer)) for index in range(6)] == [
        sorted(typed) for typed in SENTENCES.values()
    ]


def test_paraphrases_take_the_place_of_a_type_and_never_name_another_one_asked(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    names = {"person": ["human"], "location": ["place", "person"], "organization": ["place"]}
    made = dataset(tmp_path, tokenizer, type_paraphrases=names, paraphrase_rate=1.0)
    seen = set()
    for epoch in range(10):
        types = asked(made[6 * epoch], tokenizer)
        assert len(types) == len(set(types)) == 4
        assert "human" in types and "person" not in types
        seen |= set(types)
    assert seen == {"human", "place", "location", "organization", "award"}


def test_a_type_that_the_passage_lacks_is_not_asked_where_there_is_no_room(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    whole = dataset(tmp_path, tokenizer)[0]
    assert dataset(tmp_path, tokenizer, max_length=len(whole["input_ids"]))[0] == whole
    cut = dataset(tmp_path, tokenizer, max_length=len(whole["input_ids"]) - 1)
    types = asked(cut[0], tokenizer)
    assert len(cut[0]["input_ids"]) < len(whole["input_ids"])
    assert len(types) == 3 and {"person", "location"} < set(types)
    assert types == [name for name in asked(whole, tokenizer) if name in types]
    assert dataset(tmp_path, tokenizer, max_length=None)[0] == whole


def test_independent_questions_have_the_room_behind_the_passage_each_to_itself(tmp_path: Path) -> None:
    whole = dataset(tmp_path, question_attention="independent")[0]
    assert max(whole["position_ids"]) < 100 < len(whole["input_ids"])
    assert dataset(tmp_path, question_attention="independent", max_length=100)[0] == whole
    packed = dataset(tmp_path, question_attention="independent", max_length=100, packing=True)[0]
    assert len(packed["input_ids"]) <= 100, "in a packed row tokens count, not positions"


def test_several_documents_become_one_row(tmp_path: Path) -> None:
    made = dataset(tmp_path, packing=True)
    row = made[(3, 6 + 1, 5)]
    assert row["input_ids"] == made[3]["input_ids"] + made[7]["input_ids"] + made[5]["input_ids"]
    assert row["labels"] == made[3]["labels"] + made[7]["labels"] + made[5]["labels"]
    assert row["position_ids"] == made[3]["position_ids"] + made[7]["position_ids"] + made[5]["position_ids"]
    assert row["documents"] == [0] * len(made[3]["labels"]) + [1] * len(made[7]["labels"]) + [2] * len(
        made[5]["labels"]
    )


@TOKENIZERS
@pytest.mark.parametrize("attention", ["conversation", "independent"])
@pytest.mark.parametrize("max_length", [110, 256])
def test_lengths_are_those_of_the_examples(tmp_path: Path, tokenizer: Any, attention: str, max_length: int) -> None:
    made = dataset(tmp_path, tokenizer, question_attention=attention, packing=True, max_length=max_length)
    for epoch in (0, 3):
        exact = [len(made[epoch * len(made) + index]["input_ids"]) for index in range(len(made))]
        counted = made.lengths(epoch)
        assert max(exact) <= max_length
        # The tokenizer like Llama's puts a space before a text: one token more for each piece counted by itself.
        assert all(-8 <= real - told <= 8 for real, told in zip(exact, counted, strict=True)), (exact, counted)


def test_letter_case_is_hidden_now_and_then(tmp_path: Path) -> None:
    tokenizer = wordpiece_tokenizer()
    made = dataset(tmp_path, tokenizer, letter_case_dropout=0.5)
    hidden = [not any(made[index]["letter_case"]) for index in range(6)]
    assert 0 < sum(hidden) < 6
    assert any(dataset(tmp_path, tokenizer)[0]["letter_case"])


def test_characters_beyond_ascii_as_they_are_or_as_escapes(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    told = [
        tokenizer.decode(dataset(tmp_path, tokenizer, ascii_answers=flag)[3]["input_ids"]) for flag in (False, True)
    ]
    assert '["São Paulo"]' in told[0]
    assert r'["S\u00e3o Paulo"]' in told[1]


def test_questions_of_a_conversation_are_reshuffled_with_their_answers(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    messages = [{"role": "user", "content": "Text: Hi."}, {"role": "assistant", "content": "I've read this text."}]
    for number in range(4):
        messages.append({"role": "user", "content": f"What describes t{number} in the text?"})
        messages.append({"role": "assistant", "content": f'["{number}"]'})
    made = dataset(tmp_path, tokenizer, datasets.Dataset.from_list([{"messages": messages}]))
    orders = set()
    for epoch in range(6):
        types = asked(made[epoch], tokenizer)
        answers = tokenizer.decode([token for token in made[epoch]["labels"] if token != IGNORED])
        assert squeezed(answers) == "".join(f'["{name[1:]}"]</s>' for name in types)
        orders.add(tuple(types))
    assert len(orders) > 2 and all(sorted(order) == ["t0", "t1", "t2", "t3"] for order in orders)
