"""Entities as data sets hold them and as the pipeline returns them, read into one record to be scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uniner_hf.schema import Entity

DATA_SET = ("type", "text", "start", "end")
PIPELINE = ("entity_group", "word", "start", "end")


def read_entities(passage: Any, place: str) -> list[Entity]:
    """Return the entities of a passage.

    Args:
        passage: a list of entities, each with the keys `type`, `text`, `start`, `end` of data sets or `entity_group`,
            `word`, `start`, `end` of the pipeline; further keys, such as `score`, do not count.
        place: what to call the passage in a message, such as `"predictions, passage 3"`.

    Raises:
        ValueError: no list of entities, or an entity with other keys.

    Example:
        >>> read_entities([{"entity_group": "city", "score": 0.9, "word": "York", "start": 4, "end": 8}], "found")
        [Entity(type='city', text='York', start=4, end=8)]
    """
    if not isinstance(passage, list | tuple) or not all(isinstance(row, Mapping) for row in passage):
        raise ValueError(
            f"{place}: expected a list of entities, found {passage!r:.60}; give one list for each passage, an empty "
            "one where there is no entity."
        )
    return [_read_entity(row, place) for row in passage]


def _read_entity(row: Mapping[str, Any], place: str) -> Entity:
    for keys in (DATA_SET, PIPELINE):
        if row.keys() >= set(keys):
            entity_type, text, start, end = (row[key] for key in keys)
            return Entity(entity_type, text, start, end) if start is not None else _nowhere(entity_type, text)
    raise ValueError(
        f"{place}: expected entities with the keys {', '.join(DATA_SET)} or, from the pipeline, "
        f"{', '.join(PIPELINE)}; found {', '.join(map(str, row))}; rename the keys."
    )


def _nowhere(entity_type: str, text: str) -> Entity:
    """Return an entity that stands nowhere in the passage: it is put before it, so that it shares no word with it."""
    return Entity(entity_type, text, -len(text) - 1, -1)
