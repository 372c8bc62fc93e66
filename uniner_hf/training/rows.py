"""What a row of a training set holds.

A row is a passage (`text`, `entities`, optionally `types`: the types that its source annotates, the only ones that may
be asked of it as negatives, and `foreign_types`: types of quite other texts, that it cannot have) or a conversation
(`messages`, each a role and a content, or `conversations`, each a speaker and a value, as Pile-NER is published). A
set may hold both: a row without messages is a passage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import datasets

from uniner_hf.conversations import CONVERSATIONS, SPEAKERS, SYSTEM_MESSAGE
from uniner_hf.schema import Message

ROLES = {"system": "system", "user": "user", "assistant": "assistant", **SPEAKERS}


def check_columns(source: datasets.Dataset) -> None:
    """Raise ValueError unless the rows are passages or conversations."""
    if not isinstance(source, datasets.Dataset):
        raise ValueError(
            f"Expected a datasets.Dataset, found {type(source).__name__}; make one with datasets.Dataset.from_list."
        )
    columns = source.column_names
    if not set(CONVERSATIONS) & set(columns) and not {"text", "entities"} <= set(columns):
        raise ValueError(
            "Expected a data set with the columns text and entities (passages), or messages or conversations; found "
            f"{', '.join(columns)}; rename them, or load the set with uniner_hf.load_benchmark or load_pile_ner."
        )


def is_passages(source: datasets.Dataset) -> bool:
    """Tell whether all rows are passages."""
    return not set(CONVERSATIONS) & set(source.column_names)


def conversation_of(row: Mapping[str, Any]) -> list[Message]:
    """Return the turns of a row that is a conversation, none for a passage.

    Raises:
        ValueError: a turn without one of the roles, or without text.

    Example:
        >>> conversation_of({"conversations": [{"from": "human", "value": "Text: Hi."}]})
        [Message(role='user', content='Text: Hi.')]
        >>> conversation_of({"text": "Hi.", "entities": []})
        []
    """
    for column, (role, content) in CONVERSATIONS.items():
        turns = row.get(column)
        if turns:
            wrong = [one for one in turns if not _is_turn(one, role, content)]
            if wrong:
                where = f" in row {row['id']!r}" if row.get("id") else ""
                raise ValueError(
                    f"Expected turns with {role}, one of {', '.join(ROLES)}, and {content} in the column {column}, "
                    f"found {repr(wrong[0])[:80]}{where}; rename its keys and role."
                )
            return [Message(ROLES[turn[role]], turn[content]) for turn in turns]  # type: ignore[arg-type]
    return []


def _is_turn(turn: Any, role: str, content: str) -> bool:
    return isinstance(turn, Mapping) and turn.get(role) in ROLES and isinstance(turn.get(content), str)


def entities_by_type(row: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the entities of each type of a passage, in text order.

    Example:
        >>> entities_by_type({"entities": [{"type": "city", "text": "Rome", "start": 0, "end": 4}]})
        {'city': [{'type': 'city', 'text': 'Rome', 'start': 0, 'end': 4}]}
    """
    entities: dict[str, list[Mapping[str, Any]]] = {}
    for entity in sorted(row["entities"], key=lambda entity: (entity["start"], entity["end"])):
        entities.setdefault(entity["type"], []).append(entity)
    return entities


def check_entities(row: Mapping[str, Any], number: int) -> None:
    """Raise ValueError where an entity of a passage does not stand where it says.

    Args:
        row: a passage.
        number: of the row in its set, from 0.
    """
    for entity in row["entities"]:
        missing = [key for key in ("type", "text", "start", "end") if entity.get(key) is None]
        if missing:
            raise ValueError(
                f"Expected entities with type, text, start and end, found one without {', '.join(missing)} in row "
                f"{number} ({row.get('id', 'no id')}); add what is missing."
            )
        if row["text"][entity["start"] : entity["end"]] != entity["text"]:
            raise ValueError(
                f"Expected {entity['text']!r} at {entity['start']}-{entity['end']} of row {number} "
                f"({row.get('id', 'no id')}), found {row['text'][entity['start'] : entity['end']]!r}; correct the "
                "offsets: characters from 0, the end exclusive."
            )


def type_frequencies(source: datasets.Dataset) -> Counter[str]:
    """Count the mentions of each entity type in the passages of a set."""
    frequencies: Counter[str] = Counter()
    if "entities" in source.column_names:
        for batch in source.select_columns(["entities"]).iter(batch_size=1000):
            for entities in batch["entities"]:
                frequencies.update(entity["type"] for entity in entities or ())
    return frequencies


def split_conversation(messages: Sequence[Message]) -> tuple[list[Message], list[tuple[str, str]]]:
    """Return the turns that present the passage, and the questions with their answers.

    The system message of the template comes first where the conversation brings none, since inference renders it.

    Args:
        messages: an optional system message, the passage and the turn that has read it, then questions and answers.

    Raises:
        ValueError: the turns do not alternate, or a question has no answer.

    Example:
        >>> opening, turns = split_conversation([Message("user", "Text: Hi."), Message("assistant", "I've read it.")])
        >>> [message.role for message in opening], turns
        (['system', 'user', 'assistant'], [])
    """
    turns = list(messages)
    if not turns or turns[0].role != "system":
        turns.insert(0, Message("system", SYSTEM_MESSAGE))
    roles = [turn.role for turn in turns[1:]]
    if len(roles) < 2 or roles != ["user", "assistant"] * (len(roles) // 2):
        raise ValueError(
            "Expected a conversation of user and assistant turns that alternate, after an optional system message, "
            f"found the roles {[message.role for message in messages]}; correct the row or leave it out."
        )
    return turns[:3], [(turns[i].content, turns[i + 1].content) for i in range(3, len(turns), 2)]
