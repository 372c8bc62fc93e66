"""What a teacher answered -> its (mention, type) pairs, and named reasons for what is none.

The teacher is asked for `[("entity 1", "type of entity 1"), ... ]`. Nothing of its answer is evaluated, it is read in
time linear in its length, and no text makes the reading fail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from uniner_hf.answers import Failure
from uniner_hf.distillation.answer_groups import Reason
from uniner_hf.distillation.tuple_scanner import TupleScanner

__all__ = ["Failure", "Reason", "TeacherAnswer", "read_teacher_answer"]

_NOTHING_FOUND = re.compile(
    r"\W*(?:none|null|nil|n/?a|nothing|empty)\W*"
    r"|(?s:.{0,200}?)\b(?:no|not (?:contain|have|mention|find|include) any)\b[^.\n]{0,60}"
    r"\b(?:entit(?:y|ies)|mentions?)\b(?s:.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TeacherAnswer:
    """What could be read of a teacher's answer.

    Args:
        mentions: (mention, type) pairs in the order of the answer, duplicates kept, letter by letter as written.
        rejected: how many parts of the answer are no pair, by reason.
        failure: why nothing could be read, or None; an answer that says there are no entities has been read.
        cut_off: whether a bracket was never closed, so that entities may be missing at the end.
    """

    mentions: tuple[tuple[str, str], ...]
    rejected: Mapping[Reason, int] = field(default_factory=dict)
    failure: Failure | None = None
    cut_off: bool = False


def read_teacher_answer(answer: str) -> TeacherAnswer:
    """Read a list of (mention, type) tuples, or what a teacher made of it.

    Tuples, two-item lists and objects with an entity and a type (the keys stand in `answer_groups`) are read wherever
    they stand, with prose, fences or bullets around them. A quote inside a mention does not end it
    unless a comma or a closing bracket follows. A cut-off tuple is dropped, what stands before it is kept.

    Args:
        answer: what the teacher wrote.

    Returns:
        The pairs, what was rejected and why, and the reason of a failure.

    Example:
        >>> read_teacher_answer('[("O\\'Neil", "person"), ("the "great" one", "title")]').mentions
        (("O'Neil", 'person'), ('the "great" one', 'title'))
        >>> answer = read_teacher_answer('Sure! [("Rome", "city"), ("Po", "river", "Italy"), ("Tib')
        >>> answer.mentions, {str(reason): count for reason, count in answer.rejected.items()}, answer.cut_off
        ((('Rome', 'city'),), {'more than two items': 1, 'cut off': 1}, True)
        >>> read_teacher_answer("I cannot help with that.").failure
        <Failure.NO_LIST: 'no list'>

    Source: the teacher's prompt in arXiv 2308.03279, section 3.1.
    """
    scanner = TupleScanner(answer)
    scanner.scan()
    return TeacherAnswer(tuple(scanner.pairs), dict(scanner.rejected), _failure(answer, scanner), scanner.cut_off)


def _failure(answer: str, scanner: TupleScanner) -> Failure | None:
    if scanner.pairs:
        return None
    if scanner.groups:
        return Failure.NO_PAIRS if scanner.rejected or scanner.cut_off else None
    if not answer.strip():
        return Failure.EMPTY
    return None if _NOTHING_FOUND.fullmatch(answer) else Failure.NO_LIST
