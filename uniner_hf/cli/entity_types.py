"""Entity types, and rules for their mentions, from files."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from uniner_hf.cli.texts import text_lines

EntityTypes = list[str] | dict[str, str | list[str]]


def read_entity_types(path: Path) -> EntityTypes:
    """Read the entity types to ask for.

    Args:
        path: `.json`, a list of types or an object `{type: definition}`, in which a list of wordings may take a
            definition's place; any other file is UTF-8 text, one type a line, blank lines skipped.

    Returns:
        The types in the order of the file: a list, or a dict from type to definition.

    Raises:
        ValueError: no types, or JSON of another shape; names the file and what was expected.
        OSError: the file cannot be opened.
    """
    if path.suffix == ".json":
        types = _from_json(path)
    else:
        with path.open("rb") as lines:
            types = [line.strip() for line in text_lines(lines, str(path))]
    if not types:
        raise ValueError(f"{path}: expected at least one entity type, found none")
    return types


def _from_json(path: Path) -> EntityTypes:
    try:
        types = json.loads(path.read_bytes())
    except ValueError as error:  # not JSON, or not UTF-8
        raise ValueError(f"{path}: expected JSON, found {error}") from error
    if isinstance(types, list) and all(isinstance(name, str) for name in types):
        return types
    if isinstance(types, dict) and all(map(_is_wording, types.values())):
        return types
    raise ValueError(
        f"{path}: expected a list of types or an object {{type: definition}}, all of them strings or lists of strings"
    )


def _is_wording(given: Any) -> bool:
    return isinstance(given, str) or isinstance(given, list) and all(isinstance(wording, str) for wording in given)


def read_rules_file(path: Path) -> dict[str, Any]:
    """Return the rules of a TOML file: a table for each type, with the arguments of `uniner_hf.decoding.rules.Rule`.

    Raises:
        ValueError: not TOML; names the file and the place.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        try:
            return tomllib.load(file)
        except ValueError as error:  # not TOML, or not UTF-8
            raise ValueError(f"{path}: expected TOML, found {error}; mend the file") from error
