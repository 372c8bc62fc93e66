"""What a recipe would train: its figures are those of the training itself."""

from pathlib import Path
from typing import Any

import pytest
from tiny_models import llama, llama_tokenizer, write_recipe

from uniner_hf.training.dataset import IGNORED
from uniner_hf.training.plan import plan
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import make_trainer, planned_steps


@pytest.mark.usefixtures("datasets_cache")
def test_figures(tmp_path: Path, raw: Path) -> None:
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    recipe, args = load_recipe(
        write_recipe(tmp_path, raw), {"max_steps": -1, "num_train_epochs": 4, "save_strategy": "no"}
    )
    told = plan(recipe, args)
    dataset = make_trainer(recipe, args).train_dataset
    examples = [dataset[index] for index in range(len(dataset))]
    assert told["model"] == str(tmp_path / "base")
    assert (told["steps"], told["epochs"]) == (8, 4.0)
    assert told["tokens"] == 4 * sum(len(one["labels"]) for one in examples)
    assert told["learnt_tokens"] == 4 * sum(label != IGNORED for one in examples for label in one["labels"])
    assert not any((tmp_path / "out").glob("*"))


@pytest.mark.usefixtures("datasets_cache")
@pytest.mark.parametrize(
    "given",
    [
        {"packing": True},
        {"gradient_accumulation_steps": 3},
        {"dataloader_drop_last": True, "per_device_train_batch_size": 3},
        {"num_train_epochs": 2.5, "gradient_accumulation_steps": 2},
    ],
)
def test_steps_are_those_of_the_trainer(given: dict[str, Any], tmp_path: Path, raw: Path) -> None:
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    recipe, args = load_recipe(write_recipe(tmp_path, raw, **{"max_steps": -1, "num_train_epochs": 4, **given}))
    assert plan(recipe, args)["steps"] == planned_steps(make_trainer(recipe, args))
