"""The entities that the answers of a conversation name, without their places in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from uniner_hf.answers import parse_answer, parse_typed_answer
from uniner_hf.conversations import all_in_one_question, question

_ONE = question("\n").split("\n")
_ALL = all_in_one_question(["\n"]).split("\n")


def answered_entities(turns: Iterable[tuple[str, str]], dropped: Counter[str]) -> list[dict[str, str]]:
    """Return the mentions that answers list, each under the type that its question asks for.

    Args:
        turns: questions and their answers, in a wording of `uniner_hf.conversations`; a definition that is asked in a
            type's place is the type, and an all-in-one answer names the type of each mention.
        dropped: counts what is left out, by reason.

    Returns:
        Entities with `type` and `text`, in the order of the conversation.

    Example:
        >>> turns = [("What describes city in the text?", '["Rome"]'), ("What describes river in the text?", "[]")]
        >>> answered_entities(turns, Counter())
        [{'type': 'city', 'text': 'Rome'}]
    """
    pairs: list[tuple[str, str]] = []
    for asked, answer in turns:
        kind = _between(asked, _ONE)
        if kind is not None:
            parsed = parse_answer(answer)
            pairs += [(mention, kind) for mention in parsed.mentions]
            failure = parsed.failure
        elif _between(asked, _ALL) is not None:
            typed = parse_typed_answer(answer)
            pairs += typed.pairs
            failure = typed.failure
            dropped.update({"items that are no pair": typed.dropped} if typed.dropped and not failure else {})
        else:
            dropped["questions of another wording"] += 1
            continue
        if failure:
            dropped[f"answers: {failure}"] += 1
    return [{"type": kind, "text": mention} for mention, kind in pairs]


def _between(text: str, ends: list[str]) -> str | None:
    """Return what stands between a beginning and an end, None where the text has other ones or nothing between.

    Example:
        >>> _between("What describes city in the text?", _ONE), _between("Which city?", _ONE)
        ('city', None)
    """
    start, end = ends
    text = text.strip()
    if not (text.startswith(start) and text.endswith(end)):
        return None
    return text[len(start) : len(text) - len(end)].strip() or None
