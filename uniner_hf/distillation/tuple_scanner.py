"""One pass over a teacher's answer that finds its groups, tuples, lists or objects, of a mention and a type."""

from __future__ import annotations

import re
from collections import Counter

from uniner_hf.distillation.answer_groups import Group, Reason, key_name, read_group
from uniner_hf.distillation.quoted_strings import QUOTES, read_quoted

_SPACE = re.compile(r"\s*+")
# Prose has brackets too: one opens a group only if something that belongs in a group follows.
_OPENING = re.compile(
    rf"\(\s*+[{QUOTES}(\[{{]|\{{\s*+[{QUOTES}(\[{{}}]|\[\s*+(?:[{QUOTES}(\[{{\]]|(?i:none|null)\s*+\])"
)
_UNQUOTED = re.compile(r"[^,()\[\]{}\"\u201c\u201d]++(?:[\"\u201d](?=\s*+[,)\]]))?|[\"\u201c\u201d]")
_UNQUOTED_IN_OBJECT = re.compile(r"[^,:()\[\]{}\"\u201c\u201d]++|[\"\u201c\u201d]")
_NOTHING = re.compile(r"(?:\W|_)*+(?:(?i:and)(?:\W|_)*+)?")  # dots, comment signs, bullets
DEPTH = 16  # brackets opened inside each other; an answer needs two or three


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
        self._open: list[Group] = []
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
        if self._in_string or any(group.items or group.fields or group.key is not None for group in tuples):
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
        self._open.append(Group(bracket, keyed))

    def _separate(self, character: str) -> None:
        group = self._open[-1]
        if character == ":" and group.bracket == "{" and group.items and group.key is None:
            group.key = key_name(group.items.pop())

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
        if group.key is None:
            group.items.append(item)
        else:
            group.fields[group.key], group.key = item, None

    def _unquoted(self, group: Group) -> str | None:
        """Read up to the next comma, bracket or quote; None if nothing is said."""
        match = (_UNQUOTED_IN_OBJECT if group.bracket == "{" else _UNQUOTED).match(self.text, self.position)
        assert match is not None  # the caller saw a character that matches
        self.position = match.end()
        item = match.group().strip().rstrip('"\u201d')
        return None if _NOTHING.fullmatch(item) else item

    def _close(self, group: Group) -> None:
        around = self._open[-1] if self._open else None
        if around is not None and self._is_inside_item(around, group):
            around.nested = True
            return
        read = read_group(group, top=around is None)
        if isinstance(read, Reason):
            self.rejected[read] += len(group.items) if read is Reason.UNTYPED else 1
        elif read:
            self.pairs.append(read)
            self._lone_lists += around is None and group.bracket == "["

    def _is_inside_item(self, around: Group, group: Group) -> bool:
        """Tell whether a closed group is part of an item; beside the words of the outermost list it is an item."""
        if group.keyed:
            return bool(group.items or group.fields)
        in_list = around is self._open[0] and around.bracket == "["
        return bool(around.items or around.fields) and not in_list
