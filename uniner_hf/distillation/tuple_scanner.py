"""One pass over a teacher's answer that finds its groups, tuples, lists or objects, of a mention and a type."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from uniner_hf.distillation.quoted_strings import QUOTES, read_quoted

_SPACE = re.compile(r"\s*+")
# Prose has brackets too: one opens a group only if something that belongs in a group follows.
_OPENING = re.compile(
    rf"\(\s*+[{QUOTES}(\[{{]|\{{\s*+[{QUOTES}(\[{{}}]|\[\s*+(?:[{QUOTES}(\[{{\]]|(?i:none|null)\s*+\])"
)
_UNQUOTED = re.compile(r"[^,()\[\]{}\"\u201c\u201d]++(?:[\"\u201d](?=\s*+[,)\]]))?|[\"\u201c\u201d]")
_UNQUOTED_IN_OBJECT = re.compile(r"[^,:()\[\]{}\"\u201c\u201d]++|[\"\u201c\u201d]")
_NOTHING = re.compile(r"(?:\W|_)*+(?:(?i:and)(?:\W|_)*+)?")  # dots, comment signs, bullets
_NULL = re.compile(r"(?i:none|null)")
_KEY_NOISE = re.compile(r"[\s_]*\d*$")

MENTION_KEYS = ("entity", "mention", "name", "text", "word", "entity name", "entity text")
TYPE_KEYS = ("type", "entity type", "type of entity", "label", "category", "class", "tag")
DEPTH = 16  # brackets opened inside each other; an answer needs two or three


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
class _Group:
    bracket: str
    keyed: bool = False  # the value of a key of an object
    items: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    has_groups: bool = False
    nested: bool = False


class TupleScanner:
    """One pass over an answer, from left to right; `position` never moves back and nothing recurses.

    Args:
        answer: what the teacher wrote.

    Example:
        >>> scanner = TupleScanner('Here: [("Rome", "city"), ("Tiber")]')
        >>> scanner.scan()
        >>> scanner.pairs, dict(scanner.rejected)
        ([('Rome', 'city')], {<Reason.ONE_ITEM: 'one item'>: 1})
    """

    def __init__(self, answer: str) -> None:
        self.text = answer
        self.position = 0
        self.pairs: list[tuple[str, str]] = []
        self.rejected: Counter[Reason] = Counter()
        self.groups = 0  # opened
        self.cut_off = False
        self._open: list[_Group] = []
        self._in_string = False  # the answer ends in it
        self._lone_lists = 0  # pairs that were read from a list without a list around it

    def scan(self) -> None:
        """Read the whole answer into `pairs` and `rejected`."""
        while self._step():
            pass
        self._finish()
        if self._lone_lists == self.groups == len(self.pairs) == 1:
            # `["Rome", "Paris"]` as the whole answer is rather two mentions.
            self.pairs.clear()
            self.rejected[Reason.UNTYPED] += 2

    def _finish(self) -> None:
        """Count what the end of the answer cut off, and the words of a list that is not closed."""
        self.cut_off = bool(self._open)
        tuples = self._open[self._in_list() :]
        if self._in_string or any(group.items or group.fields or group.key for group in tuples):
            self.rejected[Reason.CUT_OFF] += 1
        if self._in_list() and self._open[0].items:
            self.rejected[Reason.UNTYPED] += len(self._open[0].items)

    def _in_list(self) -> bool:
        """Tell whether a list is open around everything else."""
        return bool(self._open) and self._open[0].bracket == "["

    def _step(self) -> bool:
        """Read one bracket, comma or item; False at the end."""
        if not self._open:
            opening = _OPENING.search(self.text, self.position)
            self.position = opening.start() if opening else len(self.text)
        else:
            space = _SPACE.match(self.text, self.position)
            self.position = space.end() if space else self.position
        if self.position >= len(self.text):
            return False
        character = self.text[self.position]
        if character in "([{":
            self._open_group(character)
        elif character in ")]}":
            self._close(self._open.pop())
        elif character in ",:":
            self._separate(character)
        else:
            self._item(character)
            return True
        self.position += 1
        return True

    def _open_group(self, bracket: str) -> None:
        self.groups += 1
        if len(self._open) == DEPTH:
            self.rejected[Reason.TOO_DEEP] += 1
            return
        if bracket == "(" and self._open and self._open[-1].bracket == "(" and len(self._open[-1].items) > 1:
            self._close(self._open.pop())  # its closing bracket was forgotten
        keyed = False
        if self._open:
            around = self._open[-1]
            keyed, around.key, around.has_groups = around.key is not None, None, True
        self._open.append(_Group(bracket, keyed))

    def _separate(self, character: str) -> None:
        group = self._open[-1]
        if character == ":" and group.bracket == "{" and group.items and group.key is None:
            group.key = group.items.pop()

    def _item(self, character: str) -> None:
        group = self._open[-1]
        if character in QUOTES:
            place = "object" if group.bracket == "{" else "later" if group.items else "first"
            item, self.position = read_quoted(self.text, self.position, place)
            self._in_string = item is None
        else:
            item = self._unquoted(group)
        if item is None:
            return
        if group.key is not None:
            group.fields[_KEY_NOISE.sub("", group.key.strip()).replace("_", " ").lower()] = item
            group.key = None
        else:
            group.items.append(item)

    def _unquoted(self, group: _Group) -> str | None:
        """Read up to the next comma, bracket or quote; None if nothing is said."""
        match = (_UNQUOTED_IN_OBJECT if group.bracket == "{" else _UNQUOTED).match(self.text, self.position)
        assert match is not None  # the caller saw a character that matches
        self.position = match.end()
        item = match.group().strip().rstrip('"\u201d')
        return None if _NOTHING.fullmatch(item) else item

    def _close(self, group: _Group) -> None:
        around = self._open[-1] if self._open else None
        if around is not None and self._is_inside_item(around, group):
            around.nested = True
        elif reason := self._reason(group, around):
            self.rejected[reason] += len(group.items) if reason is Reason.UNTYPED else 1

    def _is_inside_item(self, around: _Group, group: _Group) -> bool:
        if group.keyed:
            return bool(group.items or group.fields)
        listed = around is self._open[0] and around.bracket == "["  # words beside the tuples of a list
        return bool(around.items or around.fields) and not listed

    def _reason(self, group: _Group, around: _Group | None) -> Reason | None:
        """Keep the pair of a closed group, or say why it is none; a list of groups needs no reason."""
        if group.nested:
            return Reason.NESTED
        if group.bracket == "{" and (group.fields or group.key):
            return self._object(group)
        top = around is None
        count = len(group.items)
        if not count:
            return None if group.has_groups or top or group.keyed else Reason.NO_ITEMS
        if top and group.bracket != "(" and (count != 2 or group.has_groups):
            group.items = [item for item in group.items if not _NULL.fullmatch(item)]
            return Reason.UNTYPED if group.items else None
        if count != 2:
            return Reason.ONE_ITEM if count == 1 else Reason.MANY_ITEMS
        self._lone_lists += top and group.bracket == "["
        self.pairs.append((group.items[0], group.items[1]))
        return None

    def _object(self, group: _Group) -> Reason | None:
        mention = next((group.fields[key] for key in MENTION_KEYS if key in group.fields), None)
        entity_type = next((group.fields[key] for key in TYPE_KEYS if key in group.fields), None)
        if mention is None or entity_type is None:
            return Reason.UNKNOWN_KEYS
        self.pairs.append((mention, entity_type))
        return None
