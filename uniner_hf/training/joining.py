"""Passages joined with their neighbours, so that a model learns to write lists of many mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from uniner_hf.training.exclusions import share_of_text


def joined_passages(rows: Iterable[Mapping[str, Any]], share: float) -> Iterator[dict[str, Any]]:
    """Yield the rows, a share of them as one with the row that follows.

    Which ones depends on their texts alone.

    Args:
        rows: of a mixture: `id`, `text`, `entities`, `types`, `foreign_types`.
        share: of the rows, from 0 to 1.
    """
    first: Mapping[str, Any] | None = None
    for row in rows:
        if first is not None:
            yield _joined(first, row)
            first = None
        elif share_of_text(row["text"]) < share:
            first = row
        else:
            yield dict(row)
    if first is not None:
        yield dict(first)


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return two rows as one; it is asked what both may be asked, and what only one may be is left out."""
    offset = len(one["text"]) + 1
    moved = [
        {**entity, "start": entity["start"] + offset, "end": entity["end"] + offset} for entity in other["entities"]
    ]
    unsure = set(one["types"]) ^ set(other["types"])
    return {
        "id": f"{one['id']}+{other['id']}",
        "text": f"{one['text']} {other['text']}",
        "entities": [entity for entity in [*one["entities"], *moved] if entity["type"] not in unsure],
        "types": [name for name in one["types"] if name in other["types"]],
        "foreign_types": [name for name in one["foreign_types"] if name in other["foreign_types"]],
    }
