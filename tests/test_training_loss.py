"""The loss against brute force, the models it serves, and that each question reads what it reads when asked alone."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import bert_decoder, llama, llama_tokenizer, passages, settings, wordpiece_tokenizer
from transformers import BertConfig, BertLMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from uniner_hf.conversations import passage_messages, question
from uniner_hf.training.collator import QuestionCollator
from uniner_hf.training.dataset import IGNORED, ConversationDataset
from uniner_hf.training.loss import answer_loss, head_is_one_linear_layer, list_marks
from uniner_hf.training.questions import Question

TURNS = [
    Question(question("person"), '["Ada Lovelace", "Ada Yonath"]', 0),
    Question(question("award"), "[]", 1),
    Question(question("x"), '["met"]', 2),
]


def collator(**given: Any) -> QuestionCollator:
    return QuestionCollator(
        **{"pad_token_id": 0, "independent": True, "bidirectional": False, "letter_case": False, **given}
    )


def batch(tokenizer: Any, folder: Path, **given: Any) -> dict[str, torch.Tensor]:
    dataset = ConversationDataset(passages(), tokenizer, settings(folder, question_attention="independent"))
    return collator(**given)([dataset[index] for index in range(4)])


def model_and_tokenizer(kind: str) -> tuple[PreTrainedModel, Any]:
    tokenizer = llama_tokenizer() if kind == "llama" else wordpiece_tokenizer()
    return (llama if kind == "llama" else bert_decoder)(len(tokenizer)), tokenizer


@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_passage_vocabulary_is_a_softmax_over_the_tokens_of_the_row(kind: str, tmp_path: Path) -> None:
    model, tokenizer = model_and_tokenizer(kind)
    inputs = batch(tokenizer, tmp_path)
    loss = answer_loss(model, inputs, passage_vocabulary=True)
    logits = model(**{name: value for name, value in inputs.items() if name != "labels"}).logits
    losses = []
    for row, labels in enumerate(inputs["labels"]):
        closed = torch.ones(logits.shape[-1], dtype=torch.bool)
        closed[inputs["input_ids"][row]] = False
        for position in range(1, len(labels)):
            if labels[position] != IGNORED:
                open_logits = logits[row, position - 1].masked_fill(closed, float("-inf"))
                losses.append(-open_logits.log_softmax(-1)[labels[position]])
    assert abs(loss - torch.stack(losses).mean()) < 1e-6
    assert loss < answer_loss(model, inputs, passage_vocabulary=False)


@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_a_row_without_mentions_learns_not_to_write_any(kind: str, tmp_path: Path) -> None:
    model, tokenizer = model_and_tokenizer(kind)
    dataset = ConversationDataset(passages(), tokenizer, settings(tmp_path, question_attention="independent"))
    empty = dataset.example(passage_messages("Ada slept."), [Question(question("person"), "[]", 0)])
    marks = list_marks(tokenizer)
    assert {*tokenizer(' ["a", "a"]', add_special_tokens=False).input_ids} <= set(marks)
    opening = tokenizer(' ["', add_special_tokens=False).input_ids[-1]
    assert opening not in empty["input_ids"]
    inputs = collator()([empty])
    answer_loss(model, inputs, passage_vocabulary=True, marks=marks).backward()
    gradient = model.get_output_embeddings().weight.grad[opening]
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize("kind", ["bert", "llama"])
@pytest.mark.parametrize("passage_vocabulary", [False, True])
def test_every_parameter_learns(kind: str, passage_vocabulary: bool, tmp_path: Path) -> None:
    model, tokenizer = model_and_tokenizer(kind)
    answer_loss(model, batch(tokenizer, tmp_path), passage_vocabulary=passage_vocabulary).backward()
    still = [name for name, one in model.named_parameters() if one.grad is None or not one.grad.abs().sum() > 0]
    assert still == []


def test_full_loss_is_that_of_the_model_itself(tmp_path: Path) -> None:
    model, tokenizer = model_and_tokenizer("bert")
    inputs = batch(tokenizer, tmp_path)
    assert abs(answer_loss(model, inputs, passage_vocabulary=False) - model(**inputs).loss) < 1e-6


def test_loss_is_divided_by_the_number_of_labels_that_is_given(tmp_path: Path) -> None:
    model, tokenizer = model_and_tokenizer("bert")
    inputs = batch(tokenizer, tmp_path)
    mean = answer_loss(model, inputs, passage_vocabulary=False)
    count = int((inputs["labels"] != IGNORED).sum())
    double = answer_loss(model, inputs, passage_vocabulary=False, num_items=torch.tensor(2 * count))
    assert torch.isclose(mean, 2 * double)


@pytest.mark.parametrize("passage_vocabulary", [False, True])
def test_a_batch_that_asks_nothing_costs_nothing(passage_vocabulary: bool, tmp_path: Path) -> None:
    model, tokenizer = model_and_tokenizer("bert")
    inputs = batch(tokenizer, tmp_path)
    inputs["labels"] = torch.full_like(inputs["labels"], IGNORED)
    for num_items in (None, 0):
        assert answer_loss(model, inputs, passage_vocabulary=passage_vocabulary, num_items=num_items).item() == 0.0


def test_which_heads_are_one_linear_layer() -> None:
    small = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "intermediate_size": 8,
        "vocab_size": 9,
    }
    assert head_is_one_linear_layer(LlamaForCausalLM(LlamaConfig(**small)))
    assert not head_is_one_linear_layer(BertLMHeadModel(BertConfig(**small, is_decoder=True)))


@pytest.mark.parametrize("kind", ["bert", "llama"])
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_independent_questions_have_the_logits_of_each_asked_alone(kind: str, attention: str, tmp_path: Path) -> None:
    """The yardstick is a plain causal prompt with one question: neither the mask nor the positions of the package."""
    model, tokenizer = model_and_tokenizer(kind)
    model.set_attn_implementation(attention)
    together, alone = examples(tokenizer, tmp_path)
    inputs = collator()([together, alone[0]])  # the shorter row is padded
    logits = logits_of(model, inputs)[0]
    for number, one in enumerate(alone, start=1):
        expected = model(input_ids=torch.tensor([one["input_ids"]])).logits[0]
        assert_question_equals(logits, together, number, expected, one)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_bidirectional_passage_is_encoded_once_for_all_questions(attention: str, tmp_path: Path) -> None:
    tokenizer = wordpiece_tokenizer()
    model = bert_decoder(len(tokenizer), bidirectional_passage=True)
    model.set_attn_implementation(attention)
    together, alone = examples(tokenizer, tmp_path)
    logits = logits_of(model, collator(bidirectional=True)([together]))[0]
    one_way = logits_of(model, collator(bidirectional=False)([together]))[0]
    assert (logits - one_way).abs().max() > 1e-2
    for number, one in enumerate(alone, start=1):
        expected = logits_of(model, collator(bidirectional=True)([one]))[0]
        assert_question_equals(logits, together, number, expected, one)


def examples(tokenizer: Any, folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the example that asks all questions, and those that ask one."""
    dataset = ConversationDataset(passages(), tokenizer, settings(folder, question_attention="independent"))
    opening = passage_messages("Ada Lovelace and Ada Yonath never met .")
    return dataset.example(opening, TURNS), [dataset.example(opening, [turn]) for turn in TURNS]


@torch.no_grad()
def logits_of(model: PreTrainedModel, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    return model(**{name: value for name, value in inputs.items() if name != "labels"}).logits


def assert_question_equals(
    logits: torch.Tensor, together: dict[str, Any], number: int, expected: torch.Tensor, alone: dict[str, Any]
) -> None:
    mine = torch.tensor(together["segments"]) == number
    its = torch.tensor(alone["segments"]) == 1
    assert mine.sum() == its.sum() > 10
    assert torch.allclose(logits[mine], expected[its], atol=1e-5), (logits[mine] - expected[its]).abs().max()
    passage = torch.tensor(together["segments"]) == 0
    assert torch.allclose(logits[passage], expected[: int(passage.sum())], atol=1e-5)
