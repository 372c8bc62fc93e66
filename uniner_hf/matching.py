"""Which predicted mentions match which gold ones, in one passage and one entity type."""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import Literal

from uniner_hf.grounding import word_spans
from uniner_hf.schema import Entity

Protocol = Literal["upstream", "strict", "partial"]

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:an?|the)\b")


@dataclass(frozen=True, slots=True)
class Counts:
    """What precision, recall and F1 are computed from; counts of parts of a data set add up.

    Args:
        tp: true positives; a multiple of 0.5 under `partial`.
        predicted: mentions predicted.
        gold: mentions annotated.

    Example:
        >>> Counts(tp=1, predicted=2, gold=1) + Counts(tp=1, predicted=1, gold=3)
        Counts(tp=2, predicted=3, gold=4)
    """

    tp: float = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        return self.tp / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.tp / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.tp / (self.predicted + self.gold) if self.tp else 0.0


def normalise_answer(text: str) -> str:
    """Spell a mention as the released evaluator compares it.

    Lower case first, then without ASCII punctuation, then without the articles a, an, the, then with single spaces:
    the order matters ("A.N. Other" loses "an").

    Args:
        text: a mention.

    Returns:
        The normalised mention, which may be empty.

        >>> normalise_answer("The  U.S. Congress")
        'us congress'
        >>> normalise_answer("C++"), normalise_answer("The")
        ('c', '')

    Source: the evaluator published with UniversalNER (arXiv 2308.03279), the usual SQuAD normalisation.
    """
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def count_matches(protocol: Protocol, predicted: list[Entity], gold: list[Entity]) -> Counts:
    """Count the matches among the mentions of one type in one passage.

    Args:
        protocol: the matching rule (`uniner_hf.scoring.score_entities` describes the three).
        predicted: predicted mentions.
        gold: annotated mentions.

    Returns:
        The counts; under "upstream" of distinct normalised strings, otherwise of mentions.

        >>> york, new_york = Entity("city", "York", 4, 8), Entity("city", "New York", 0, 8)
        >>> count_matches("partial", [york, new_york], [new_york])
        Counts(tp=1.0, predicted=2, gold=1)
    """
    if protocol == "upstream":
        return count_strings(
            {normalise_answer(entity.text) for entity in predicted}, {normalise_answer(entity.text) for entity in gold}
        )
    spans, gold_spans = _spans(predicted), _spans(gold)
    exact = spans & gold_spans
    tp: float = exact.total()
    if protocol == "partial":
        # Some best matching pairs every two equal spans: trading two half matches for a whole one loses nothing.
        # So the rest is a matching of half points, and the largest one is the best.
        tp += 0.5 * _largest_matching(_words(predicted, spans - exact), _words(gold, gold_spans - exact))
    return Counts(tp, len(predicted), len(gold))


def count_strings(predicted: set[str], gold: set[str]) -> Counts:
    """Count the strings that two sets share.

    >>> count_strings({"us congress", "paris"}, {"us congress"})
    Counts(tp=1, predicted=2, gold=1)
    """
    return Counts(len(predicted & gold), len(predicted), len(gold))


def _spans(entities: list[Entity]) -> Counter[tuple[int, int]]:
    return Counter((entity.start, entity.end) for entity in entities)


def _words(entities: list[Entity], spans: Counter[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """Return the words of each mention of `spans`, as offsets in the passage."""
    texts = {(entity.start, entity.end): entity.text for entity in entities}
    return [{(span[0] + start, span[0] + end) for start, end in word_spans(texts[span])} for span in spans.elements()]


def _largest_matching(predicted: list[set[tuple[int, int]]], gold: list[set[tuple[int, int]]]) -> int:
    """Return how many of `predicted` can be paired, one to one, with a mention of `gold` that shares a word."""
    having: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for index, words in enumerate(gold):
        for word in words:
            having[word].append(index)
    neighbours = [{index for word in words for index in having[word]} for words in predicted]
    gold_of: dict[int, int] = {}
    prediction_of: dict[int, int] = {}
    return sum(_augment(start, neighbours, gold_of, prediction_of) for start in range(len(predicted)))


def _augment(start: int, neighbours: list[set[int]], gold_of: dict[int, int], prediction_of: dict[int, int]) -> bool:
    """Pair one more prediction, moving others to other gold mentions where that frees one (breadth first)."""
    reached_from: dict[int, int] = {}
    queue = deque([start])
    while queue:
        prediction = queue.popleft()
        for index in neighbours[prediction] - reached_from.keys():
            reached_from[index] = prediction
            if index in prediction_of:
                queue.append(prediction_of[index])
                continue
            free: int | None = index
            while free is not None:  # walk back to `start`; each prediction on the way hands its gold mention on
                prediction = reached_from[free]
                prediction_of[free] = prediction
                gold_of[prediction], free = free, gold_of.get(prediction)
            return True
    return False
