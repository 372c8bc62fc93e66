"""What a recipe would train: its figures are those of the training itself."""

from pathlib import Path

import pytest
from tiny_models import llama, llama_tokenizer, write_recipe

from uniner_hf.training.dataset import IGNORED
from uniner_hf.training.plan import plan
from uniner_hf.training.recipe import load_recipe, make_trainer


@pytest.mark.usefixtures("datasets_cache")
def test_figures(tmp_path: Path, raw: Path) -> None:
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    recipe, args = load_recipe(
        write_recipe(tmp_path, raw), {"max_steps": -1, "num_train_epochs": 4, "save_strategy": "no"}
    )
    told = plan(recipe, args)
    examples = [make_trainer(recipe, args).train_dataset[index] for index in range(3)]
    assert told["model"] == str(tmp_path / "base")
    assert (told["steps"], told["epochs"]) == (8, 5.33), "the last batch of an epoch may be short: an upper bound"
    assert told["tokens"] == round(16 * sum(len(one["labels"]) for one in examples) / 3)
    learnt = sum(label != IGNORED for one in examples for label in one["labels"])
    assert told["learnt_tokens"] == round(16 * learnt / 3)
    assert not any((tmp_path / "out").glob("*"))
