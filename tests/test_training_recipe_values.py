"""Values of a recipe against the fields that they fill."""

from typing import Any

import pytest

from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.recipe import RecipeArguments
from uniner_hf.training.recipe_values import checked_values, select_fields, unknown_key

CLASSES = (RecipeArguments, UniNERConfig)


def test_numbers_that_yaml_leaves_as_text_are_numbers() -> None:
    given = {"learning_rate": "6e-4", "max_steps": "1e2", "num_train_epochs": 2, "bf16": True, "max_length": None}
    checked = checked_values(given, CLASSES, "r.yaml")
    assert checked == {**given, "learning_rate": 6e-4, "max_steps": 100}
    assert isinstance(checked["max_steps"], int)
    assert checked_values({"save_steps": 0.5, "model": "m"}, CLASSES, "r.yaml") == {"save_steps": 0.5, "model": "m"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"loss_vocabulry": "full"}, "r.yaml: unknown key 'loss_vocabulry': did you mean loss_vocabulary?"),
        ({"qqq": 1}, "r.yaml: unknown key 'qqq': docs/training.md lists the keys."),
        ({"warm_start": "ture"}, "r.yaml: expected warm_start to be true or false, found 'ture'"),
        ({"warm_start": 1}, "true or false, found 1"),
        ({"learning_rate": "fast"}, "r.yaml: expected learning_rate to be a number, found 'fast'"),
        ({"negatives_per_passage": True}, "negatives_per_passage to be a number, found True"),
        ({"seed": [1]}, r"seed to be a number, found \[1\]"),
    ],
)
def test_mistakes_name_the_key(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        checked_values(given, CLASSES, "r.yaml")


def test_keys_and_their_fields() -> None:
    assert unknown_key("sets", CLASSES) is None
    assert select_fields({"sets": 1, "seed": 2}, RecipeArguments) == {"sets": 1}
