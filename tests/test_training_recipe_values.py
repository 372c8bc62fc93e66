"""Values of a recipe against the fields that they fill."""

from typing import Any

import pytest
import yaml

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
        ({"negatives_per_passage": True}, "negatives_per_passage to be a whole number, found True"),
        ({"max_length": "long"}, "max_length to be a whole number, found 'long'"),
        ({"per_device_train_batch_size": 2.5}, "per_device_train_batch_size to be a whole number, found 2.5"),
        ({"negatives": False}, "negatives to be a word, found False; YAML reads yes, no, on and off so: put the word"),
        ({"save_strategy": True}, "save_strategy to be a word, found True; YAML reads yes, no, on and off so"),
        ({"model": 7}, "model to be a word, found 7; put it in quotes"),
        ({"optim": 8}, "optim to be a word, found 8"),
        ({"unseen": "crossner_ai/test"}, "unseen to be a list, found 'crossner_ai/test'"),
        ({"unseen": [7]}, "unseen to be a list of words, found 7 in it"),
        ({"type_groups": ["a"]}, r"type_groups to be a mapping of names to values, found \['a'\]"),
        ({"seed": [1]}, r"seed to be a whole number, found \[1\]"),
    ],
)
def test_mistakes_name_the_key(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        checked_values(given, CLASSES, "r.yaml")


def test_a_bare_no_is_the_word_where_the_word_exists() -> None:
    given = yaml.safe_load("{save_strategy: no, eval_strategy: 'no', lora_modules: [q_proj], max_length: '512'}")
    expected = {"save_strategy": "no", "eval_strategy": "no", "lora_modules": ["q_proj"], "max_length": 512}
    assert given["save_strategy"] is False
    assert checked_values(given, CLASSES, "r.yaml") == expected
    assert UniNERConfig("out", bf16=False, save_strategy="no").save_strategy == "no"


def test_keys_and_their_fields() -> None:
    assert unknown_key("sets", CLASSES) is None
    assert select_fields({"sets": 1, "seed": 2}, RecipeArguments) == {"sets": 1}
