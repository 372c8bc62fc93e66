"""`--KEY VALUE` on the command line: values that take the place of a recipe's."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any


def read_overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    """Read `--key value` and `--key=value` from `arguments.overrides`; a dash in a key counts as an underscore.

    A key that no recipe has ends the program as bad usage does.
    """
    import yaml

    values = {}
    words = iter(_pairs(arguments.overrides))
    for word in words:
        value = next(words, None)
        if not word.startswith("--") or value is None:
            arguments.usage_error(f"expected --KEY VALUE, found {word!r}" + ("" if value else " without a value"))
        values[word[2:].replace("-", "_")] = yaml.safe_load(str(value))
    _check_keys(values, arguments)
    return values


def _pairs(words: Sequence[str]) -> list[str]:
    """Return the words with `--key=value` taken apart."""
    return [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]


def _check_keys(overrides: dict[str, Any], arguments: argparse.Namespace) -> None:
    from uniner_hf.training.config import UniNERConfig
    from uniner_hf.training.recipe import RecipeArguments
    from uniner_hf.training.recipe_values import unknown_key

    for key in overrides:
        if problem := unknown_key(key, (RecipeArguments, UniNERConfig)):
            arguments.usage_error(problem)
