"""The trainer on tiny models: its loss, its epochs, going on from a checkpoint, adapters, saving."""

from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
from peft import LoraConfig
from tiny_models import bert_decoder, llama, llama_tokenizer, passages, settings, wordpiece_tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM, PreTrainedModel

import uniner_hf
from uniner_hf.conversations import chat_template
from uniner_hf.training import trainer as trainer_module
from uniner_hf.training.dataset import IGNORED, ConversationDataset
from uniner_hf.training.trainer import UniNERTrainer, add_padding


def trainer(folder: Path, kind: str = "llama", model: PreTrainedModel | None = None, **given: Any) -> UniNERTrainer:
    tokenizer = llama_tokenizer() if kind == "llama" else wordpiece_tokenizer()
    extra = {name: given.pop(name) for name in ("peft_config", "eval_dataset") if name in given}
    model = model or (llama if kind == "llama" else bert_decoder)(len(tokenizer))
    return UniNERTrainer(model, settings(folder, **given), passages(), processing_class=tokenizer, **extra)


def first_batch(one: UniNERTrainer) -> dict[str, torch.Tensor]:
    return one.data_collator([one.train_dataset[index] for index in range(4)])


@pytest.mark.parametrize("kind", ["bert", "llama"])
@pytest.mark.parametrize("attention", ["conversation", "independent"])
def test_loss_is_the_models_own_and_reaches_every_parameter_of_the_head(
    kind: str, attention: str, tmp_path: Path
) -> None:
    one = trainer(tmp_path, kind, question_attention=attention)
    inputs = first_batch(one)
    own = one.model(**inputs).loss
    loss = one.compute_loss(one.model, dict(inputs))
    assert abs(loss - own) < 1e-6
    loss.backward()
    body = one.model.base_model_prefix + "."
    head = {name: p.grad for name, p in one.model.named_parameters() if not name.startswith(body)}
    assert head and all(grad is not None and grad.abs().sum() > 0 for grad in head.values()), head.keys()
    if kind == "bert":
        assert "cls.predictions.transform.dense.weight" in head
    assert one._fused_head == (kind == "llama" and attention == "conversation")


@pytest.mark.parametrize(("kind", "attention"), [("llama", "conversation"), ("bert", "independent")])
def test_loss_counts_the_labels_of_all_accumulated_batches(kind: str, attention: str, tmp_path: Path) -> None:
    one = trainer(tmp_path, kind, question_attention=attention)
    inputs = first_batch(one)
    count = (inputs["labels"] != IGNORED).sum()
    mean = one.compute_loss(one.model, dict(inputs))
    assert torch.isclose(one.compute_loss(one.model, dict(inputs), num_items_in_batch=4 * count), mean / 4)


class _Recording:
    """A collator that remembers which examples it was given."""

    def __init__(self, collator: Any) -> None:
        self.collator, self.rows = collator, []

    def __call__(self, examples: list[dict[str, Any]]) -> Any:
        self.rows += [example["input_ids"] for example in examples]
        return self.collator(examples)


def recorded(one: UniNERTrainer) -> list[list[int]]:
    one.data_collator = _Recording(one.data_collator)
    return one.data_collator.rows


def made(one: UniNERTrainer, epoch: int) -> list[list[int]]:
    """Return the examples of an epoch, sorted."""
    fresh = ConversationDataset(one.train_dataset.source, one.processing_class, one.args)
    return sorted(fresh[epoch * len(fresh) + index]["input_ids"] for index in range(len(fresh)))


def test_each_epoch_trains_on_its_own_examples(tmp_path: Path) -> None:
    one = trainer(tmp_path, num_train_epochs=3)
    rows = recorded(one)
    before = one.model.lm_head.weight.clone()
    one.train()
    assert one.state.global_step == 6
    assert [sorted(rows[start : start + 6]) for start in (0, 6, 12)] == [made(one, epoch) for epoch in range(3)]
    assert made(one, 0) != made(one, 1) != made(one, 2)
    assert not torch.equal(before, one.model.lm_head.weight)


def test_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    whole = trainer(tmp_path / "whole", num_train_epochs=3, save_strategy="steps", save_steps=3)
    whole.train()
    resumed = trainer(tmp_path / "resumed", num_train_epochs=3)
    rows = recorded(resumed)
    resumed.train(resume_from_checkpoint=str(tmp_path / "whole" / "checkpoint-3"))
    assert sorted(rows[-6:]) == made(resumed, 2), "the last epoch is the third"
    for (name, expected), found in zip(whole.model.named_parameters(), resumed.model.parameters(), strict=True):
        assert torch.allclose(expected, found, atol=1e-6), name


def test_grouping_by_length_does_not_make_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = trainer(tmp_path, train_sampling_strategy="group_by_length")
    monkeypatch.setattr(ConversationDataset, "__getitem__", None)
    assert sorted(one._get_train_sampler()) == list(range(6))


@pytest.mark.parametrize(
    "given",
    [
        {"question_attention": "conversation"},
        {"question_attention": "independent"},
        {"train_sampling_strategy": "group_by_length"},
        {"packing": True},
    ],
)
def test_evaluation_loss(given: dict[str, Any], tmp_path: Path) -> None:
    one = trainer(tmp_path, **given, eval_dataset=passages(), per_device_eval_batch_size=6)
    examples = [one.eval_dataset[index] for index in range(6)]
    expected = one.compute_loss(one.model, one.data_collator(examples)).item()
    assert one.evaluate()["eval_loss"] == pytest.approx(expected, abs=1e-5)
    assert one.evaluate(passages())["eval_loss"] == pytest.approx(expected, abs=1e-5)


def test_adapters_are_trained_and_nothing_else(tmp_path: Path) -> None:
    lora = LoraConfig(r=2, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    one = trainer(tmp_path, peft_config=lora, max_steps=2)
    before = {name: parameter.clone() for name, parameter in one.model.named_parameters()}
    one.train()
    changed = {name for name, now in one.model.named_parameters() if not torch.equal(before[name], now)}
    assert changed and all("lora_" in name for name in changed)
    one.save_model()
    assert (tmp_path / "adapter_model.safetensors").exists() and not (tmp_path / "model.safetensors").exists()


@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_saved_model_reloads_with_the_same_logits(kind: str, tmp_path: Path) -> None:
    one = trainer(tmp_path, kind, max_steps=1)
    one.train()
    one.save_model()
    model, tokenizer = AutoModelForCausalLM.from_pretrained(tmp_path), AutoTokenizer.from_pretrained(tmp_path)
    assert tokenizer.chat_template == one.processing_class.chat_template
    assert tokenizer.chat_template.endswith(chat_template())
    inputs = tokenizer("Ada Lovelace never met Ada Yonath .", add_special_tokens=False, return_tensors="pt")
    inputs.pop("token_type_ids", None)
    with torch.no_grad():
        assert torch.allclose(model(**inputs).logits, one.model.eval()(**inputs).logits, atol=1e-6)


def test_padding_is_found_without_a_new_embedding(tmp_path: Path) -> None:
    one = trainer(tmp_path)
    assert one.processing_class.pad_token == "<unk>"
    assert one.model.config.pad_token_id == one.data_collator.pad_token_id == 0
    assert one.model.get_input_embeddings().num_embeddings == len(llama_tokenizer())
    tokenizer = llama_tokenizer()
    tokenizer.unk_token = None
    add_padding(tokenizer)
    assert tokenizer.pad_token == "</s>"
    bare = wordpiece_tokenizer()
    bare.pad_token = bare.unk_token = None
    with pytest.raises(ValueError, match="a padding, unknown or end token, found none .* set tokenizer.pad_token"):
        add_padding(bare)


def test_a_published_tokenizer_is_read_as_it_was_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    read = []
    monkeypatch.setattr(trainer_module, "as_trained", lambda given: read.append(given) or tokenizer)
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "base")
    for given in (model, str(tmp_path / "base")):
        one = UniNERTrainer(given, settings(tmp_path), passages())
        assert one.processing_class is tokenizer
    one = UniNERTrainer(model, settings(tmp_path), passages(), processing_class=(mine := llama_tokenizer()))
    assert one.processing_class is tokenizer and read[-1] is mine and len(read) == 3


def test_model_and_tokenizer_by_folder(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    one = uniner_hf.UniNERTrainer(str(tmp_path / "base"), settings(tmp_path, max_steps=1), passages())
    assert isinstance(one.model, LlamaForCausalLM)
    assert one.train().training_loss > 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_length": 257}, "max_length of at most 256, the positions of the model; found 257"),
        ({"max_length": None}, "max_length of at most 256"),
    ],
)
def test_settings_that_do_not_fit_the_model(given: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        trainer(tmp_path, "llama", **given)


@pytest.mark.parametrize("attention", ["conversation", "independent"])
def test_a_model_that_reads_both_ways_has_a_mask_that_lets_it(attention: str, tmp_path: Path) -> None:
    model = bert_decoder(len(wordpiece_tokenizer()), bidirectional_passage=True)
    one = trainer(tmp_path, "bert", model, question_attention=attention, loss_vocabulary="passage", max_steps=1)
    mask = first_batch(one)["attention_mask"]
    assert mask.ndim == 4 and mask[0, 0, 0, 1] == 0, "the first token of the passage sees the second"
    assert one.train().training_loss > 0


def test_entities_that_do_not_stand_where_they_say_are_refused(tmp_path: Path) -> None:
    rows = passages().to_list()
    rows[2]["entities"][0]["start"] += 1
    tokenizer = llama_tokenizer()
    with pytest.raises(
        ValueError, match=r"Expected 'Marie Curie' at 1-11 of row 2 \(tiny/train/2\), found 'arie Curie'"
    ):
        UniNERTrainer(llama(9), settings(tmp_path), datasets.Dataset.from_list(rows), processing_class=tokenizer)
    for row in rows:
        for entity in row["entities"]:
            entity.pop("text")
    with pytest.raises(ValueError, match=r"found one without text in row 0 \(tiny/train/0\); add what is missing"):
        UniNERTrainer(llama(9), settings(tmp_path), datasets.Dataset.from_list(rows), processing_class=tokenizer)
    with pytest.raises(ValueError, match="a datasets.Dataset, found list; make one with datasets.Dataset.from_list"):
        UniNERTrainer(llama(9), settings(tmp_path), rows, processing_class=tokenizer)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    tokens = datasets.Dataset.from_list([{"tokens": ["a"]}])
    with pytest.raises(ValueError, match="columns text and entities"):
        UniNERTrainer(llama(9), settings(tmp_path), tokens, processing_class=llama_tokenizer())
