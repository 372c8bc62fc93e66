"""What stands between two brackets of a teacher's answer: a (mention, type) pair, or why it is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

# Those that teachers and libraries use; of several in one object the first counts.
MENTION_KEYS = ("entity", "mention", "name", "text", "word", "entity name", "entity text")
TYPE_KEYS = ("type", "entity type", "type of entity", "label", "category", "class", "tag")


class Reason(StrEnum):
    """Why a part of an answer is no (mention, type) pair."""

    NO_ITEMS = "no items"
    ONE_ITEM = "one item"
    MANY_ITEMS = "more than two items"
    UNTYPED = "mention without a type"  # a string or a bare word in the list itself
    NESTED = "list inside a tuple"
    UNKNOWN_KEYS = "object without an entity and its type"
    CUT_OFF = "cut off"
    TOO_DEEP = "brackets too deep"


@dataclass(slots=True)
class Group:
    """What was read behind an opening bracket.

    Args:
        bracket: `"("`, `"["` or `"{"`.
        keyed: whether it is the value of a key of an object.
        items: its strings and words.
        fields: of an object, the items that have a key.
        key: of an object, the key whose value is due.
        has_groups: whether other groups stand in it.
        nested: whether one of them stands where an item should.
    """

    bracket: str
    keyed: bool = False
    items: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    has_groups: bool = False
    nested: bool = False


def read_group(group: Group, top: bool) -> tuple[str, str] | Reason | None:
    """Return the pair that a closed group is, why it is none, or None for a list of groups or of nothing.

    Args:
        group: its `items` lose None and null where they are words of the outermost list.
        top: whether no group stands around it.

    Example:
        >>> read_group(Group("(", items=["Rome", "city"]), top=True)
        ('Rome', 'city')
        >>> read_group(Group("(", items=["Rome"]), top=False)
        <Reason.ONE_ITEM: 'one item'>
    """
    if group.nested:
        return Reason.NESTED
    if group.fields or group.key is not None:
        return _read_object(group)
    count = len(group.items)
    if not count:
        return None if group.has_groups or top or group.keyed else Reason.NO_ITEMS
    if top and group.bracket != "(" and (count != 2 or group.has_groups):
        group.items = [item for item in group.items if item.lower() not in ("none", "null")]
        return Reason.UNTYPED if group.items else None
    if count != 2:
        return Reason.ONE_ITEM if count == 1 else Reason.MANY_ITEMS
    return group.items[0], group.items[1]


def _read_object(group: Group) -> tuple[str, str] | Reason:
    mention = next((group.fields[key] for key in MENTION_KEYS if key in group.fields), None)
    entity_type = next((group.fields[key] for key in TYPE_KEYS if key in group.fields), None)
    return Reason.UNKNOWN_KEYS if mention is None or entity_type is None else (mention, entity_type)


def key_name(key: str) -> str:
    """Return the name that the spellings of a key share; the prompt numbers its entities, so some answers do.

    >>> key_name("Type_of_entity 2")
    'type of entity'
    """
    return key.strip().rstrip("0123456789").replace("_", " ").rstrip().lower()
