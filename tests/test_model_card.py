"""Cards of trained models: a golden file, and what a trainer writes."""

from pathlib import Path

import pytest
from huggingface_hub import ModelCard
from tiny_models import llama, llama_tokenizer, passages, settings
from transformers import AutoModelForCausalLM, AutoTokenizer

from uniner_hf.cards.model_card import KeptOut, TrainingSource, model_card
from uniner_hf.training.lineage import trained_rows, training_sources
from uniner_hf.training.run_card import mean_loss
from uniner_hf.training.trainer import UniNERTrainer

GOLDEN = Path(__file__).parent / "data" / "golden" / "model_card.md"
SOURCES = [TrainingSource("Set A", 12000, "MIT", "https://a.org"), TrainingSource("data of your own", 5, "not stated")]


def test_rendered_as_the_golden_file() -> None:
    card = model_card(
        "ner-tiny",
        repository="me/ner-tiny",
        base_model="meta/base",
        sources=SOURCES,
        settings={"learning_rate": 2e-5, "negatives": "frequency"},
        versions={"uniner-hf": "0.1.0", "torch": "2.13.0"},
        steps=1234,
        loss=0.25,
        kept_out=KeptOut(["crossner_ai/test", "ncbi/test"], 1012),
        tags=["sft"],
    )
    assert card == GOLDEN.read_text(encoding="utf-8")
    data = ModelCard(card).data
    assert (data.base_model, data.library_name, data.pipeline_tag) == (
        "meta/base",
        "transformers",
        "token-classification",
    )


def test_adapters_are_told() -> None:
    card = model_card(
        "a", repository="a", base_model=None, sources=SOURCES, settings={}, versions={}, steps=1, adapters=True
    )
    assert "holds adapters of the base model" in card and ModelCard(card).data.library_name == "peft"
    assert "mean loss" not in card and "base_model" not in card
    assert "Overlap with test sets was not looked for, nor was what a base model had read before." in card


@pytest.mark.parametrize("name", [None, "my model"])
def test_a_trainer_writes_what_it_did(tmp_path: Path, name: str | None) -> None:
    tokenizer = llama_tokenizer()
    args = settings(tmp_path / "out", max_steps=2)
    trainer = UniNERTrainer(llama(len(tokenizer)), args, passages(), processing_class=tokenizer)
    trainer.train()
    trainer.create_model_card(name)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"# {name or 'out'}\n" in card
    assert "| `optim` | adamw_torch_fused |" in card and "kept out of training" not in card
    assert trained_rows(tmp_path / "out") == {""} and trained_rows(tmp_path) is None
    assert "2 steps, mean loss" in card and "| `learning_rate` | 0.01 |" in card
    assert "| data of your own | 6 | not stated |" in card
    assert f'model="{tmp_path / "out"}"' in card
    assert not training_sources(passages().select([]))


def test_a_card_names_what_the_model_before_was_trained_on_and_its_licence(
    bundled_model: Path, tmp_path: Path
) -> None:
    model, tokenizer = (
        AutoModelForCausalLM.from_pretrained(bundled_model),
        AutoTokenizer.from_pretrained(bundled_model),
    )
    args = settings(tmp_path, question_attention="independent", max_steps=1, max_length=512)
    trainer = UniNERTrainer(model, args, passages(), processing_class=tokenizer)
    trainer.train()
    trainer.save_model()
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "from `mini`" in card and "that of the base model (cc-by-sa-4.0)" in card
    assert "| [WNUT 2017 emerging entities](" in card and "(by the model that it was trained from)" in card
    assert {"", "wnut17", "ncbi", "bc5cdr", "fewnerd_inter"} <= (trained_rows(tmp_path) or set())


def test_the_mean_loss_is_that_of_all_steps() -> None:
    history = [{"step": 10, "loss": "2.0"}, {"step": 30, "loss": 0.5}, {"step": 30, "eval_loss": 7.0}]
    assert mean_loss(history) == 1.0
    assert mean_loss([{"step": 3, "train_loss": 4.0}]) == 4.0
    assert mean_loss([]) is None
