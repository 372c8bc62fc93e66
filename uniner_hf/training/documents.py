"""The conversations that rows become: one for each, or several where the questions of a row do not fit into one."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.lengths import TokenCounter
from uniner_hf.training.packing import best_fit
from uniner_hf.training.questions import QuestionDrawer
from uniner_hf.training.rows import check_entities, conversation_of

if TYPE_CHECKING:
    import datasets

logger = logging.getLogger(__name__)

ROOM = 48  # tokens that a question with a short answer takes


@dataclass(frozen=True, slots=True)
class Part:
    """What a document asks of its row.

    Args:
        own: which of the row's own questions, by their numbers.
        drawn: which of the types that are drawn for it, by their place in the draw.
        tokens: that they usually take.
    """

    own: frozenset[int]
    drawn: range
    tokens: int


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of an epoch; there are as many in each.

    Args:
        rows: the row of each document.
        openings: the tokens of each before its first question.
        usual_lengths: the tokens that each has in most epochs.
        parts: what the documents ask that do not ask all of their row, by their number.
    """

    rows: np.ndarray
    openings: np.ndarray
    usual_lengths: np.ndarray
    parts: dict[int, Part]

    def __len__(self) -> int:
        return len(self.rows)


def plan_documents(
    source: datasets.Dataset, drawer: QuestionDrawer, counter: TokenCounter, args: UniNERConfig
) -> Documents:
    """Return the documents that rows become within `args.max_length` tokens; what is left out is counted in the log.

    Args:
        source: rows of passages or of conversations.
        drawer: of their questions.
        counter: of tokens.
        args: settings of the training.

    Raises:
        ValueError: no row is left.
    """
    limit = args.max_length or 2**62
    shared = args.packing or args.question_attention == "conversation"  # else each question has the room for itself
    negative = counter.questions([drawer.usual_negative()])[0]
    documents: list[tuple[int, int, int]] = []
    some: dict[int, Part] = {}
    counts: Counter[str] = Counter()
    for row, (opening, lengths, negatives) in enumerate(_row_lengths(source, drawer, counter)):
        room = limit - opening
        if args.max_length is not None and room < ROOM:
            counts["long passages"] += 1
            continue
        parts = _parts(lengths, [negative] * negatives, room, shared=shared)
        left_out = len(lengths) - sum(len(part.own) for part in parts)
        counts["long questions"] += left_out
        counts["split"] += len(parts) > 1
        for part in parts:
            if len(parts) > 1 or left_out:
                some[len(documents)] = part
            documents.append((row, opening, opening + part.tokens))
    _tell(counts, len(source), args.max_length)
    if not documents:
        raise no_room(args.max_length, len(source))
    rows, openings, usual = np.array(documents, dtype=np.int64).T
    return Documents(rows, openings, usual, some)


def no_room(max_length: int | None, rows: int) -> ValueError:
    """Return the error of a set that is too long as a whole."""
    return ValueError(
        f"Expected a passage that leaves room for a question within max_length={max_length} tokens, found none in "
        f"{rows} rows; raise max_length, or cut the passages."
    )


def _row_lengths(
    source: datasets.Dataset, drawer: QuestionDrawer, counter: TokenCounter
) -> Iterator[tuple[int, list[int], int]]:
    """Yield for each row the tokens of its opening and of its own questions, and how many types are drawn for it."""
    number = 0
    for batch in source.iter(batch_size=1000):
        rows = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        for place, row in enumerate(rows):
            if not conversation_of(row):
                check_entities(row, number + place)
        number += len(rows)
        own = [drawer.own(row) for row in rows]
        lengths = iter(counter.questions([question for questions in own for question in questions]))
        openings = counter.openings([drawer.opening(row) for row in rows])
        for row, opening, questions in zip(rows, openings, own, strict=True):
            yield opening, [next(lengths) for _ in questions], drawer.negative_count(row)


def _parts(own: Sequence[int], negatives: Sequence[int], room: int, *, shared: bool) -> list[Part]:
    """Part questions of these lengths so that each part has room; one that has none by itself is in no part."""
    fitting = [number for number, length in enumerate(own) if length <= room]
    lengths = [own[number] for number in fitting] + [length for length in negatives if length <= room]
    whole = [list(range(len(lengths)))]
    parts, drawn = [], 0
    for chosen in best_fit(lengths, room) if shared and sum(lengths) > room else whole:
        numbers = frozenset(fitting[one] for one in chosen if one < len(fitting))
        negative = len(chosen) - len(numbers)
        parts.append(Part(numbers, range(drawn, drawn + negative), sum(lengths[one] for one in chosen)))
        drawn += negative
    return parts


def _tell(counts: Counter[str], rows: int, max_length: int | None) -> None:
    if counts["long passages"]:
        count = counts["long passages"]
        logger.warning("left out: %d of %d passages, too long for max_length=%d", count, rows, max_length)
    if counts["long questions"]:
        logger.warning(
            "left out: %d questions whose answer does not fit behind its passage in max_length=%d",
            counts["long questions"],
            max_length,
        )
    if counts["split"]:
        logger.info(
            "asked in several conversations: the questions of %d of %d passages, which together are too long for "
            "max_length=%d",
            counts["split"],
            rows,
            max_length,
        )
