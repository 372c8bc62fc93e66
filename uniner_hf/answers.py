"""What a model or a teacher answered -> its mentions, or a named reason why there are none.

One pass over the answer, nothing is evaluated, and arbitrary text never raises. Every departure from a JSON list is
named, so that callers can count what a model does wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from uniner_hf.answer_reader import AnswerReader, Failure, Tolerance

__all__ = ["Failure", "ParsedAnswer", "ParsedTypedAnswer", "Tolerance", "parse_answer", "parse_typed_answer"]


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """The mentions of an answer.

    Args:
        mentions: in the order of the answer, duplicates kept.
        tolerances: what had to be forgiven, each once, in the order met.
        failure: why nothing could be read, or None.
    """

    mentions: tuple[str, ...]
    tolerances: tuple[Tolerance, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ParsedTypedAnswer:
    """The (mention, type) pairs of an answer.

    Args:
        pairs: in the order of the answer, duplicates kept.
        dropped: how many items were not a pair of strings.
        tolerances: what had to be forgiven, each once, in the order met; tuples and nested lists are none.
        failure: why nothing could be read, or None.
    """

    pairs: tuple[tuple[str, str], ...]
    dropped: int = 0
    tolerances: tuple[Tolerance, ...] = ()
    failure: Failure | None = None


def parse_answer(answer: str) -> ParsedAnswer:
    r"""Read the answer to one question: a JSON list of strings, or what a model made of it.

    Nested lists and tuples are flattened. A quote ends its string only before a comma, a closing bracket or the end,
    so brackets and unescaped quotes may stand in a mention.

    Args:
        answer: what the model wrote, with or without `\uXXXX` escapes, cut off or not.

    Returns:
        The mentions, the tolerances that were needed and the reason of a failure.

        >>> parse_answer('["Marie Curie", "S\\u00e8vres"]')
        ParsedAnswer(mentions=('Marie Curie', 'Sèvres'), tolerances=(), failure=None)
        >>> parse_answer('["Paris", "Lon').mentions
        ('Paris',)
        >>> [str(name) for name in parse_answer("['x[0]'] are the entities").tolerances]
        ['single quotes', 'trailing text']
        >>> parse_answer("I see no entities.").failure
        <Failure.NO_LIST: 'no list'>
    """
    reader = AnswerReader(answer)
    failure = reader.read()
    return ParsedAnswer(() if failure else tuple(reader.strings), tuple(reader.tolerances), failure)


def parse_typed_answer(answer: str) -> ParsedTypedAnswer:
    """Read an answer that names the type of each mention: a list of (mention, type) tuples or two-item lists.

    Args:
        answer: what the teacher wrote, or the answer to an all-in-one question.

    Returns:
        The pairs, how many items were no pair, the tolerances that were needed and the reason of a failure.

        >>> parse_typed_answer('[("Marie Curie", "person"), ("Warsaw", "city")]').pairs
        (('Marie Curie', 'person'), ('Warsaw', 'city'))
        >>> parse_typed_answer('[["Rome", "city"], ["Tiber"]]').dropped
        1
        >>> parse_typed_answer('["Rome"]').failure
        <Failure.NO_PAIRS: 'no pairs'>

    Source: the teacher's prompt in arXiv 2308.03279, section 3.1.
    """
    reader = AnswerReader(answer)
    failure = reader.read()
    tolerances = tuple(name for name in reader.tolerances if name not in (Tolerance.TUPLE, Tolerance.NESTED_LIST))
    if failure:
        return ParsedTypedAnswer((), 0, tolerances, failure)
    outer, *groups = reader.groups
    pairs = tuple((group[0], group[1]) for group in groups if len(group) == 2)
    # A string beside the groups is an item of its own; a group that only holds other groups is empty.
    dropped = len(outer) + sum(len(group) not in (0, 2) for group in groups)
    return ParsedTypedAnswer(pairs, dropped, tolerances, Failure.NO_PAIRS if dropped and not pairs else None)
