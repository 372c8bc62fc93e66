"""What a recipe would train: its figures are those of the training itself."""

from pathlib import Path

import pytest
from tiny_models import llama, llama_tokenizer, write_recipe

from uniner_hf.training.dataset import IGNORED
from uniner_hf.training.plan import plan
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import make_trainer


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
