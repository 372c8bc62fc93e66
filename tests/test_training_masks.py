"""What bears loss, proved token by token on random conversations; and that packing changes neither loss nor logits."""

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
from tiny_models import bert_decoder, llama, llama_tokenizer, settings, wordpiece_tokenizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from uniner_hf.training.collator import QuestionCollator
from uniner_hf.training.dataset import IGNORED, ConversationDataset
from uniner_hf.training.trainer import UniNERTrainer

CONVERSATIONS = 500
WORDS = [
    "Ada",
    "Łódź",
    "naïve",
    "東京",
    "c++",
    "O'Neil",
    '"quoted"',
    "back\\slash",
    "ASSISTANT:",
    "USER:",
    "a,b",
    "😀",
    "km²",
    "[]",
]
TYPES = ["person", "city", "ASSISTANT", "type of [list]", "日本", "answer: []", "name in the text?"]


@cache
def byte_level_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer as GPT-2's and Qwen's: pieces of bytes, no opening token, an end token of its own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = ['USER: What describes person in the text? ASSISTANT: ["Ada"]', "A virtual assistant answers questions"]
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>", pad_token="<|endoftext|>")


def random_rows(count: int) -> datasets.Dataset:
    """Return passages of odd words, with entities of odd types."""
    rng, rows = random.Random(11), []
    for number in range(count):
        words = [rng.choice(WORDS) for _ in range(rng.randint(1, 12))]
        entities, start = [], 0
        for word in words:
            if rng.random() < 0.4:
                kind = rng.choice(TYPES)
                entities.append({"type": kind, "text": word, "start": start, "end": start + len(word)})
            start += len(word) + 1
        rows.append({"id": f"odd/{number}", "text": " ".join(words), "entities": entities})
    return datasets.Dataset.from_list(rows)


TOKENIZERS = {"byte-level": byte_level_tokenizer, "sentencepiece": llama_tokenizer, "wordpiece": wordpiece_tokenizer}


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("attention", ["conversation", "independent"])
def test_every_token_of_an_answer_bears_loss_and_no_other(kind: str, attention: str, tmp_path: Path) -> None:
    tokenizer = TOKENIZERS[kind]()
    end = tokenizer.eos_token or "</s>"
    given = {"max_length": 1024, "question_attention": attention}
    dataset = ConversationDataset(random_rows(CONVERSATIONS), tokenizer, settings(tmp_path, **given))
    answers = tokens = 0
    for number in range(CONVERSATIONS):
        example, row = dataset[number], dataset.source[number]
        text, spans = expected_text(example, row, tokenizer, end)
        encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        first = len(example["input_ids"]) - len(encoding.input_ids)
        assert example["input_ids"][first:] == encoding.input_ids and first in (0, 1)
        assert example["labels"][:first] == [IGNORED] * first
        for token, (start, stop), label in zip(
            encoding.input_ids, encoding.offset_mapping, example["labels"][first:], strict=True
        ):
            inside = any(left <= start and stop <= right for left, right in spans)
            assert inside or all(stop <= left or start >= right for left, right in spans), "half a token of an answer"
            assert label == (token if inside else IGNORED)
        answers += len(spans)
        tokens += sum(label != IGNORED for label in example["labels"])
    assert answers > 2 * CONVERSATIONS and tokens > 5 * answers


def expected_text(example: dict[str, Any], row: Any, tokenizer: Any, end: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the conversation, written anew from the types in the order of the example, and its answers' spans."""
    asked = re.findall(r"user: what describes (.*?) in the text\? assistant:", squeezed_ends(tokenizer, example), re.I)
    by_key = {key(tokenizer, kind): kind for kind in TYPES}
    text = (
        "A virtual assistant answers questions from a user based on the provided text. "
        f"USER: Text: {row['text']} ASSISTANT: I've read this text.{end}"
    )
    spans = []
    for name in asked:
        kind = by_key[name.replace(" ", "").casefold()]
        mentions = [one["text"] for one in row["entities"] if one["type"] == kind]
        text += f"USER: What describes {kind} in the text? ASSISTANT:"
        told = f" {json.dumps(mentions, ensure_ascii=False)}{end}"
        spans.append((len(text), len(text) + len(told)))
        text += told
    return text, spans


def squeezed_ends(tokenizer: Any, example: dict[str, Any]) -> str:
    """Return the text of the questions, from the segments that are not answers."""
    kept = [
        token
        for token, label, segment in zip(example["input_ids"], example["labels"], example["segments"], strict=True)
        if segment > 0 and label == IGNORED
    ]
    return re.sub(r"\s*:", ":", re.sub(r"\s*\?", "?", str(tokenizer.decode(kept))))


def key(tokenizer: Any, kind: str) -> str:
    decoded = str(tokenizer.decode(tokenizer(f" {kind}", add_special_tokens=False).input_ids))
    return re.sub(r"\s*:", ":", re.sub(r"\s*\?", "?", decoded)).replace(" ", "").casefold()


@pytest.mark.parametrize("attention", ["conversation", "independent"])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("kind", ["llama", "bert"])
def test_packed_rows_have_the_loss_and_the_gradient_of_padded_ones(
    kind: str, implementation: str, attention: str, tmp_path: Path
) -> None:
    losses, gradients = [], []
    layouts = [{}, {"packing": True}]
    if kind == "llama" and attention == "conversation":
        layouts.append({"padding_free": True})
    for layout in layouts:
        one = trainer(tmp_path, kind, implementation, question_attention=attention, **layout)
        numbers = range(len(one.train_dataset))
        if layout.get("packing"):
            one._get_train_sampler()
            rows = list(one._sampler)
            assert max(map(len, rows)) > 2
            examples = [one.train_dataset[row] for row in rows]
        else:
            examples = [one.train_dataset[number] for number in numbers]
        inputs = one.data_collator(examples)
        loss = one.compute_loss(one.model, dict(inputs))
        loss.backward()
        losses.append(loss.item())
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in one.model.parameters()]))
        if layout.get("packing"):
            assert ("attention_mask" not in inputs) == (kind == "llama" and attention == "conversation")
    assert all(abs(loss - losses[0]) < 1e-5 for loss in losses), losses
    for gradient in gradients[1:]:
        assert torch.allclose(gradient, gradients[0], atol=1e-5)


@pytest.mark.parametrize("attention", ["conversation", "independent"])
@pytest.mark.parametrize("kind", ["llama", "bert"])
def test_no_document_sees_another_of_its_row(kind: str, attention: str, tmp_path: Path) -> None:
    one = trainer(tmp_path, kind, "sdpa", question_attention=attention, packing=True)
    other = one.train_dataset[(0, 1, 2)]
    before, after = logits(one, one.train_dataset[(3, 1, 4)]), logits(one, other)
    first, own = len(one.train_dataset[3]["labels"]), len(one.train_dataset[1]["labels"])
    moved = len(one.train_dataset[0]["labels"])
    # the same document between other neighbours, and alone
    assert torch.allclose(before[first : first + own], after[moved : moved + own], atol=1e-5)
    assert torch.allclose(before[first : first + own], logits(one, one.train_dataset[1]), atol=1e-5)


@torch.no_grad()
def logits(one: UniNERTrainer, example: dict[str, Any]) -> torch.Tensor:
    inputs = one.data_collator([example])
    return one.model.eval()(**{name: value for name, value in inputs.items() if name != "labels"}).logits[0]


def trainer(folder: Path, kind: str, implementation: str, **given: Any) -> UniNERTrainer:
    tokenizer = llama_tokenizer() if kind == "llama" else wordpiece_tokenizer()
    model = (llama if kind == "llama" else bert_decoder)(len(tokenizer))
    model.set_attn_implementation(implementation)
    rows = random_rows(60).filter(lambda row: len(row["text"]) < 25)
    args = settings(folder, max_length=256, negatives_per_passage=1, **given)
    return UniNERTrainer(model, args, rows, processing_class=tokenizer)


def test_a_collator_keeps_flat_rows_apart_by_positions_alone() -> None:
    rows = [
        {"input_ids": [5, 6], "labels": [IGNORED, 6], "segments": [0, 1], "position_ids": [0, 1], "documents": [0, 0]},
        {"input_ids": [7], "labels": [IGNORED], "segments": [0], "position_ids": [0], "documents": [0]},
    ]
    batch = QuestionCollator(3, independent=False, bidirectional=False, letter_case=False, flat=True)(rows)
    assert {name: value.tolist() for name, value in batch.items()} == {
        "input_ids": [[5, 6, 7]],
        "labels": [[IGNORED, 6, IGNORED]],
        "position_ids": [[0, 1, 0]],
    }
