"""Entity types from a file: one a line, or JSON with a definition for each."""

from __future__ import annotations

import json
from pathlib import Path

from uniner_hf.cli.texts import text_lines

EntityTypes = list[str] | dict[str, str]


def read_entity_types(path: Path) -> EntityTypes:
    """Read the entity types to ask for.

    Args:
        path: `.json`, a list of types or an object `{type: definition}`; any other file is UTF-8 text, one type a
            line, blank lines skipped.

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
    if isinstance(types, dict) and all(isinstance(definition, str) for definition in types.values()):
        return types
    raise ValueError(f"{path}: expected a list of types or an object {{type: definition}}, all of them strings")
