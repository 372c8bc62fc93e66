"""The entities of a text from what was written about its windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from uniner_hf.decoding.answering import Answers, Mention, Span
from uniner_hf.decoding.options import Options
from uniner_hf.decoding.scores import ScoreScale
from uniner_hf.decoding.windows import Window
from uniner_hf.grounding import occurrences

Entity = dict[str, Any]
PLAIN = ScoreScale()


def merge_windows(
    text: str, answered: Sequence[tuple[Window, Answers]], options: Options, scale: ScoreScale = PLAIN
) -> list[Entity]:
    """Return the entities of a text in order of start, then end, then type as asked.

    Args:
        text: the text.
        answered: its windows with the answers.
        options: of the call.
        scale: of the scores, default probabilities as they are.
    """
    places, elsewhere = _Votes(options), _Votes(options)
    statuses: dict[tuple[int, int, str], str] = {}
    for window, wording, name, mention in _mentions(answered, options):
        score = scale.score(mention.probability)
        if mention.span is None:
            elsewhere.add((mention.word, name), wording, score)
            continue
        for start, end in _places(text, window, mention, options):
            places.add((start, end, name), wording, score)
            statuses[start, end, name] = "folded" if mention.word not in ("", text[start:end]) else "exact"
    order = {name: number for number, name in enumerate(options.type_names)}
    entities = [
        {"entity_group": name, "score": score, "word": text[start:end], "start": start, "end": end}
        for (start, end, name), score in sorted(places.won(), key=lambda item: (*item[0][:2], order[item[0][2]]))
        if _obeys(text[start:end], name, options)
    ]
    kept = resolve_overlaps(entities, options.overlaps)
    if options.grounded:
        return kept
    for entity in kept:
        entity["grounding"] = statuses[entity["start"], entity["end"], entity["entity_group"]]
    nowhere = {"start": None, "end": None, "grounding": "ungrounded"}
    return kept + [
        {"entity_group": name, "score": score, "word": word, **nowhere}
        for (word, name), score in elsewhere.won()
        if _obeys(word, name, options)
    ]


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


class _Votes:
    """Which wordings of a type found what: one vote each, with the best of its scores."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._wordings = Counter(name for name, _ in options.entity_types)
        self._scores: dict[tuple[Any, ...], dict[int, float]] = {}

    def add(self, key: tuple[Any, ...], wording: int, score: float) -> None:
        """Count what a wording found; the type stands last in the key."""
        scores = self._scores.setdefault(key, {})
        scores[wording] = max(score, scores.get(wording, 0.0))

    def won(self) -> Iterator[tuple[tuple[Any, ...], float]]:
        """Yield what enough wordings found, with the mean of their scores, if that is high enough."""
        for key, scores in self._scores.items():
            asked = self._wordings[key[-1]]
            score = sum(scores.values()) / asked
            if len(scores) >= self._options.votes * asked and score >= self._options.least_score(key[-1]):
                yield key, score


def _mentions(
    answered: Sequence[tuple[Window, Answers]], options: Options
) -> Iterator[tuple[Window, int, str, Mention]]:
    for window, answers in answered:
        for number, ((name, _), mentions) in enumerate(zip(options.entity_types, answers.mentions, strict=True)):
            yield from ((window, number, name, mention) for mention in mentions)


def _places(text: str, window: Window, mention: Mention, options: Options) -> Iterator[Span]:
    """Yield where a mention counts: in the window that owns its start, and with "all" wherever its words stand."""
    if mention.span is None:
        return
    start, end = (window.offset + place for place in mention.span)
    if window.owned[0] <= start < window.owned[1]:
        yield start, end
        if options.occurrences == "all":
            yield from occurrences(text, text[start:end])


def _obeys(word: str, name: str, options: Options) -> bool:
    return name not in options.rules or options.rules[name].allows(word)
