"""A recipe: how it is read, and that it trains an encoder turned decoder as well as a plain checkpoint."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from tiny_models import llama, llama_tokenizer, save_bert_encoder, write_recipe
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

from uniner_hf.training import trainer
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.entity_counts import EntityCounts
from uniner_hf.training.plan import plan
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import train

MINI = Path(__file__).parents[1] / "examples" / "train_mini.yaml"


def test_the_recipe_of_the_bundled_model_is_sound() -> None:
    recipe, args = load_recipe(MINI, {"bf16": False})
    assert recipe.warm_start and recipe.save_dtype == "float16"
    assert (args.question_attention, args.loss_vocabulary) == ("independent", "passage")
    assert not any(name.startswith(("crossner", "mit_")) for name in recipe.sets), "they stay the zero-shot test"
    assert {"crossner_ai/test", "crossner_literature/test", "crossner_politics/test", "mit_movie/test"} <= {
        *recipe.unseen
    }


def test_overrides_take_the_place_of_the_files_values(tmp_path: Path, raw: Path) -> None:
    recipe, args = load_recipe(write_recipe(tmp_path, raw), {"seed": 9, "save_dtype": "bfloat16"})
    assert (recipe.save_dtype, args.seed, args.max_steps) == ("bfloat16", 9, 2)
    assert isinstance(args, UniNERConfig)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"model": None, "output_dir": None}, "Expected model, output_dir in .*recipe.yaml, found no such key"),
        ({"loss_vocabulry": "full"}, "recipe.yaml: unknown key 'loss_vocabulry'"),
        ({"method": "dora"}, "Expected method to be one of full, lora, qlora; found 'dora'"),
        ({"method": "lora", "warm_start": True}, "Expected method='full' with warm_start, found 'lora'"),
        ({"save_dtype": "int8"}, "save_dtype to be one of float32, float16, bfloat16; found 'int8'"),
        ({"development": ["ncbi/test"]}, "have both, development or probe and an eval_strategy .*eval_strategy=no"),
        ({"eval_strategy": "steps"}, r"have both, .* found development=\[\], probe=\[\], eval_strategy=steps"),
        ({"probe": ["crossner_ai/test"]}, "probe to name data sets that are not trained on, found crossner_ai/test"),
        ({"development": "ncbi/test"}, "expected development to be a list, found 'ncbi/test'"),
        ({"evaluation_passages": 0}, "evaluation_passages of at least 1, found 0"),
        ({"sets": ["wnut17"]}, r"expected sets to be a mapping of names to values, found \['wnut17'\]"),
        ({"sets": {"wnut17": ["train"]}}, "sets to name data sets, each with its splits"),
        ({"sets": {}}, "Expected sets, passages or conversations to train on, found none"),
        (
            {"lora_rank": 8},
            r"no lora_rank with method='full', .*; set method to lora .* \(--lora_rank null\)",
        ),
    ],
)
def test_mistakes(tmp_path: Path, raw: Path, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_recipe(write_recipe(tmp_path, raw, **more))


def test_a_file_that_is_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- a\n", encoding="utf-8")
    with pytest.raises(ValueError, match="list.yaml to map keys to values, found list"):
        load_recipe(path)


@pytest.mark.usefixtures("datasets_cache")
def test_an_encoder_becomes_a_trained_decoder(tmp_path: Path, raw: Path) -> None:
    save_bert_encoder(tmp_path / "base")
    more = {"warm_start": True, "question_attention": "independent", "loss_vocabulary": "passage"}
    recipe, args = load_recipe(write_recipe(tmp_path, raw, **more, save_dtype="float16", attn_implementation="eager"))
    told = plan(recipe, args)
    assert (told["passages"], told["steps"], told["epochs"]) == ({"crossner_ai": 3}, 2, 1.0)
    assert 0 < told["learnt_tokens"] < told["tokens"]
    trained = train(recipe, args)
    assert trained.state.global_step == 2
    assert told["trainable_parameters"] == trained.model.num_parameters()
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert model.dtype == torch.float16 and model.config.bidirectional_passage
    assert AutoTokenizer.from_pretrained(tmp_path / "out").eos_token == "</s>"


def test_a_plain_checkpoint_without_padding_is_trained_and_gone_on_from(plain_recipe: Path, tmp_path: Path) -> None:
    train(*load_recipe(plain_recipe))
    again = train(*load_recipe(plain_recipe, {"max_steps": 3}))
    assert again.state.global_step == 3
    assert again._initial_global_step == 2
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert model.get_input_embeddings().num_embeddings == len(llama_tokenizer())
    assert AutoTokenizer.from_pretrained(tmp_path / "out").pad_token == "<unk>"


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return when each file was written, and what it holds."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.parametrize("more", [{}, {"max_steps": 1}, {"max_steps": -1, "num_train_epochs": 1}])
def test_a_finished_run_is_left_as_it_is(
    plain_recipe: Path, tmp_path: Path, more: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    train(*load_recipe(plain_recipe))
    before = files_of(tmp_path / "out")
    with caplog.at_level("INFO", "uniner_hf.training.run"):
        again = train(*load_recipe(plain_recipe, more))
    assert files_of(tmp_path / "out") == before
    told = [record.getMessage() for record in caplog.records if record.name == "uniner_hf.training.run"]
    assert told == [f"{tmp_path / 'out'}: this run is finished after 2 steps; the model is there."]
    assert again.state.global_step == 2
    saved = AutoModelForCausalLM.from_pretrained(tmp_path / "out").state_dict()
    assert all(torch.equal(saved[name], weights) for name, weights in again.model.state_dict().items())


@pytest.mark.parametrize("lost", ["model.safetensors", "trainer_state.json"])
def test_the_model_of_a_finished_run_is_saved_from_its_checkpoint(
    plain_recipe: Path, tmp_path: Path, lost: str
) -> None:
    train(*load_recipe(plain_recipe, {"save_dtype": "float16"}))
    weights = tmp_path / "out" / "model.safetensors"
    expected = weights.read_bytes()
    weights.write_bytes(b"cut off")
    (tmp_path / "out" / lost).unlink()
    train(*load_recipe(plain_recipe, {"save_dtype": "float16"}))
    assert weights.read_bytes() == expected
    assert not (tmp_path / "out" / "checkpoint-3").exists()


def test_the_model_of_an_earlier_step_is_replaced(plain_recipe: Path, tmp_path: Path) -> None:
    constant = {"lr_scheduler_type": "constant"}
    train(*load_recipe(plain_recipe, constant))
    early = files_of(tmp_path / "out")
    train(*load_recipe(plain_recipe, {"max_steps": 3, **constant}))
    final = (tmp_path / "out" / "model.safetensors").read_bytes()
    for name in ("model.safetensors", "trainer_state.json"):  # killed after checkpoint-3, before the model was saved
        (tmp_path / "out" / name).write_bytes(early[name][1])
    train(*load_recipe(plain_recipe, {"max_steps": 3, **constant}))
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == final != early["model.safetensors"][1]


def test_a_checkpoint_that_was_cut_off_is_written_anew(plain_recipe: Path, tmp_path: Path) -> None:
    train(*load_recipe(plain_recipe))
    expected = (tmp_path / "out" / "model.safetensors").read_bytes()
    (tmp_path / "out" / "checkpoint-2" / "trainer_state.json").unlink()
    again = train(*load_recipe(plain_recipe))
    assert again._initial_global_step == 1
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == expected


@pytest.mark.usefixtures("datasets_cache")
@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_adapters_are_trained_saved_and_read_by_the_pipeline(plain_recipe: Path, tmp_path: Path, method: str) -> None:
    before = {path.name: path.read_bytes() for path in (tmp_path / "base").glob("*.safetensors")}
    given = {"method": method, "max_steps": 3, "learning_rate": 0.05, "optim": "paged_adamw_8bit"}
    trained = train(*load_recipe(plain_recipe, given))
    assert isinstance(trained.model, PeftModel)
    layer = trained.model.get_base_model().model.layers[0].mlp.up_proj.base_layer
    assert (type(layer).__name__ == "Linear4bit") is (method == "qlora")
    out = tmp_path / "out"
    assert (out / "adapter_model.safetensors").exists() and not (out / "model.safetensors").exists()
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "base").glob("*.safetensors")}
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "holds adapters" in card and "3 steps, mean loss" in card
    assert "Passages of `crossner_ai/test` were kept out of training" in card

    ner: Any = pipeline("universal-ner", model=str(out), entity_types=["person", "city"], max_new_tokens=10)
    plain: Any = pipeline(
        "universal-ner", model=str(tmp_path / "base"), entity_types=["person", "city"], max_new_tokens=10
    )
    texts = ["Ada Lovelace met Angela Merkel in Berlin .", "Google opened an office in Zurich ."]
    found, others = ner(texts, threshold=None), plain(texts, threshold=None)
    assert [[one["score"] for one in row] for row in found] != [[one["score"] for one in row] for row in others]
    for text, entities in zip(texts, found, strict=True):
        assert all(text[one["start"] : one["end"]] == one["word"] for one in entities)


EVALUATED: dict[str, Any] = {
    "development": ["crossner_ai/test"],
    "probe": ["wikigold/train", "multinerd/test"],
    "evaluation_passages": 2,
    "eval_strategy": "steps",
    "eval_steps": 1,
    "load_best_model_at_end": True,
    "metric_for_best_model": "eval_development_f1",
}


def test_development_and_probe_are_measured_and_never_trained_on(
    plain_recipe: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "uniner_hf.training"):
        trained = train(*load_recipe(plain_recipe, {**EVALUATED, "development": ["crossner_ai/validation"]}))
    assert "left out of the mixture: 1 passages of crossner_ai: text kept for evaluation" in caplog.messages
    assert {name: len(rows) for name, rows in trained.eval_dataset.items()} == {"development": 1, "probe": 4}
    assert not set(trained.train_dataset.source["text"]) & set(trained.eval_dataset["development"].source["text"])
    for step in (1, 2):
        (entry,) = [one for one in trained.state.log_history if one["step"] == step and "eval_probe_f1" in one]
        assert 0 <= entry["eval_probe_f1"] <= 1
    assert (Path(str(trained.args.output_dir)) / "curves.png").exists()


def test_a_finished_run_ends_with_its_best_checkpoint(
    plain_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = [9, 0, 5, 0]  # development and probe, at the first step and at the second
    monkeypatch.setattr(trainer, "generated_counts", lambda *_, **__: EntityCounts(script.pop(0), 10, 10, 4, 1))
    train(*load_recipe(plain_recipe, EVALUATED))
    out = tmp_path / "out"
    best = (out / "checkpoint-1" / "model.safetensors").read_bytes()
    assert (out / "model.safetensors").read_bytes() == best != (out / "checkpoint-2/model.safetensors").read_bytes()
    moved = out.rename(tmp_path / "moved")
    (moved / "model.safetensors").unlink()
    train(*load_recipe(plain_recipe, {**EVALUATED, "output_dir": str(moved)}))
    assert (moved / "model.safetensors").read_bytes() == best


def test_the_recipe_of_adapters_is_sound() -> None:
    recipe, args = load_recipe(MINI.with_name("train_qlora.yaml"), {"bf16": False})
    assert (recipe.method, recipe.lora_rank, args.optim) == ("qlora", 16, "paged_adamw_8bit")
    assert not any(name.startswith("crossner") for name in recipe.sets)


@pytest.mark.usefixtures("datasets_cache")
@pytest.mark.parametrize("packing", [False, True])
def test_passages_and_conversations_in_one_training(packing: bool, raw: Path, tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    turns = [("human", "Text: Ada left."), ("gpt", "I've read this text."), ("human", "What describes x in the text?")]
    rows = [{"conversations": [{"from": f, "value": v} for f, v in [*turns, ("gpt", f'["{n}"]')]]} for n in range(3)]
    texts = [json.dumps(row).replace("Ada left", f"Ada left {n}") for n, row in enumerate(rows)]
    (tmp_path / "mine.jsonl").write_text("\n".join(texts), encoding="utf-8")
    more = {"conversations": {"mine": {"source": str(tmp_path / "mine.jsonl")}}, "packing": packing}
    recipe, args = load_recipe(write_recipe(tmp_path, raw, **more))
    told = plan(recipe, args)
    assert told["passages"] == {"crossner_ai": 3, "mine": 3}
    trained = train(recipe, args)
    dataset: Any = trained.train_dataset
    learnt = "".join(tokenizer.decode([t for t in dataset[n]["labels"] if t >= 0]) for n in range(len(dataset)))
    assert all(f'["{n}"]' in learnt for n in range(3))
    read = " ".join(tokenizer.decode(dataset[n]["input_ids"]) for n in range(len(dataset)))
    assert all(f"What describes {kind} in the text?" in read for kind in dataset.drawer.frequencies)
    assert told["rows"] == len(trained._get_train_sampler())
