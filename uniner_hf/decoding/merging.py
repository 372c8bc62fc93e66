"""The entities of a text from what was written about its windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from uniner_hf.decoding.engine import Answers
from uniner_hf.decoding.options import Options
from uniner_hf.decoding.windows import Window
from uniner_hf.grounding import occurrences

Entity = dict[str, Any]


def merge_windows(text: str, answered: Iterable[tuple[Window, Answers]], options: Options) -> list[Entity]:
    """Return the entities of a text in order of start, then end, then type as asked.

    Args:
        text: the text.
        answered: its windows with the answers.
        options: of the call.
    """
    best: dict[tuple[int, int, str], float] = {}
    for entity_type, start, end, score in _entities(text, answered, options):
        key = (start, end, entity_type)
        best[key] = max(score, best.get(key, 0.0))
    order = {name: number for number, (name, _) in enumerate(options.entity_types)}
    entities = [
        {"entity_group": name, "score": score, "word": text[start:end], "start": start, "end": end}
        for (start, end, name), score in sorted(best.items(), key=lambda item: (*item[0][:2], order[item[0][2]]))
    ]
    return resolve_overlaps(entities, options.overlaps)


def resolve_overlaps(entities: list[Entity], overlaps: str) -> list[Entity]:
    """Return the entities that stay: all, or of those that overlap the longest or the one of the best score.

    Example:
        >>> paris = {"entity_group": "city", "score": 0.9, "word": "Paris", "start": 0, "end": 5}
        >>> hilton = {"entity_group": "person", "score": 0.8, "word": "Paris Hilton", "start": 0, "end": 12}
        >>> [entity["word"] for entity in resolve_overlaps([paris, hilton], "longest")]
        ['Paris Hilton']
    """
    if overlaps == "keep":
        return entities
    length = {"longest": lambda one: (one["end"] - one["start"], one["score"]), "score": lambda one: (one["score"],)}
    kept: list[Entity] = []
    for entity in sorted(entities, key=length[overlaps], reverse=True):
        if all(entity["end"] <= other["start"] or other["end"] <= entity["start"] for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda one: (one["start"], one["end"]))


def _entities(
    text: str, answered: Iterable[tuple[Window, Answers]], options: Options
) -> Iterator[tuple[str, int, int, float]]:
    for window, answers in answered:
        for (name, _), mentions in zip(options.entity_types, answers.mentions, strict=True):
            for mention in mentions:
                start, end = (window.offset + place for place in mention.span)
                owned = window.owned[0] <= start < window.owned[1]
                if not owned or mention.probability < options.least_score(name):
                    continue
                places = [(start, end)]
                if options.occurrences == "all":
                    places += occurrences(text, text[start:end])
                for place in places:
                    yield name, *place, mention.probability
