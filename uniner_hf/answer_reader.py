"""One linear pass over an answer that should be a JSON list, with a name for every departure from it."""

from __future__ import annotations

import re
from enum import StrEnum

_QUOTES = "\"'"
_PLAIN = {quote: re.compile(rf"[^{quote}\\\x00-\x1f]+") for quote in _QUOTES}
_SPACE = re.compile(r"\s++")
_UNQUOTED = {bracket: re.compile(rf"[,\{bracket}]") for bracket in "])"}
# Items without the list around them.
_BARE = re.compile(r"[\"']|\(\s*+[\"'()]")
# A list that prose leads up to: prose itself has brackets, so something that belongs in a list must follow.
_LIST_IN_PROSE = re.compile(r"\[\s*+[\"'\[(\]]")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Tolerance(StrEnum):
    """A departure from a JSON list of strings that is read all the same."""

    LEADING_TEXT = "leading text"
    TRAILING_TEXT = "trailing text"
    BARE_ITEMS = "bare items"  # strings or tuples without the list around them
    SINGLE_QUOTES = "single quotes"
    UNQUOTED_ITEM = "unquoted item"
    NULL_ITEM = "null item"  # null or None: left out
    TUPLE = "tuple"
    NESTED_LIST = "nested list"
    MISMATCHED_BRACKET = "mismatched bracket"
    MISSING_COMMA = "missing comma"
    STRAY_COMMA = "stray comma"
    UNESCAPED_QUOTE = "unescaped quote"
    INVALID_ESCAPE = "invalid escape"
    CONTROL_CHARACTER = "control character"  # a raw line break or the like inside a string
    LONE_SURROGATE = "lone surrogate"  # half of a \uXXXX\uXXXX pair: becomes U+FFFD
    UNCLOSED_LIST = "unclosed list"
    UNCLOSED_ITEM = "unclosed item"  # the last item was cut off: left out


class Failure(StrEnum):
    """Why an answer has no mentions that could be read."""

    EMPTY = "empty answer"
    NO_LIST = "no list"
    OBJECT = "object instead of strings"
    NO_PAIRS = "no pairs"  # typed answers only: a list, but not of (mention, type)


class AnswerReader:
    """One pass over an answer, from left to right; `position` never moves back.

    Args:
        answer: what was written.

    Example:
        >>> reader = AnswerReader('[("Rome", "city"), ("Tiber", "river")]')
        >>> reader.read()
        >>> reader.strings
        ['Rome', 'city', 'Tiber', 'river']
        >>> reader.groups
        [[], ['Rome', 'city'], ['Tiber', 'river']]
    """

    def __init__(self, answer: str) -> None:
        self.text = answer
        self.position = 0
        self.strings: list[str] = []
        self.groups: list[list[str]] = [[]]  # the outermost list, then every bracket inside it, in the order opened
        self.tolerances: dict[Tolerance, None] = {}
        self._open: list[tuple[str, list[str]]] = []  # the closing brackets due, and the groups they close
        self._bare = False
        self._last = "("  # what came before: "(" an opening bracket, "x" an item, "," a comma

    def read(self) -> Failure | None:
        """Read the whole answer into `strings`, `groups` and `tolerances`; return why it cannot be read, or None."""
        first = self._next()
        if first in ("", "{"):
            return Failure.OBJECT if first else Failure.EMPTY
        self._bare = _BARE.match(self.text, self.position) is not None
        self._note(Tolerance.BARE_ITEMS, self._bare)
        if not self._bare and not self._open_list():
            return Failure.NO_LIST
        while character := self._next():
            if character == "{":
                return Failure.OBJECT
            if self._is_over(character):
                self._note(Tolerance.TRAILING_TEXT)
                return None
            self._step(character)
        self._note(Tolerance.UNCLOSED_LIST, bool(self._open))
        return Failure.NO_LIST if self._bare and not self.strings else None

    def _open_list(self) -> bool:
        """Move past the bracket that opens the list; False if there is none."""
        if self.text[self.position] != "[":
            start = _LIST_IN_PROSE.search(self.text, self.position)
            if start is None:
                return False
            self._note(Tolerance.LEADING_TEXT)
            self.position = start.start()
        self._open.append(("]", self.groups[0]))
        self.position += 1
        return True

    def _is_over(self, character: str) -> bool:
        """Tell whether the list is closed, or no comma or item follows where there is none."""
        return not self._open and self._last == "x" and not (self._bare and character in ",(" + _QUOTES)

    def _step(self, character: str) -> None:
        """Read one bracket, comma or item."""
        if character in "])":
            self._close(character)
        elif character == ",":
            self._note(Tolerance.STRAY_COMMA, self._last != "x")
            self._last = ","
            self.position += 1
        else:
            self._note(Tolerance.MISSING_COMMA, self._last == "x")
            self._last = "x"
            self._item(character)

    def _item(self, character: str) -> None:
        if character in "[(":
            self._open_group(character)
            return
        item = self._string(character) if character in _QUOTES else self._unquoted()
        if item is not None:
            self.strings.append(item)
            (self._open[-1][1] if self._open else self.groups[0]).append(item)

    def _open_group(self, bracket: str) -> None:
        self._note(Tolerance.TUPLE if bracket == "(" else Tolerance.NESTED_LIST)
        self.groups.append([])
        self._open.append((")" if bracket == "(" else "]", self.groups[-1]))
        self._last = "("
        self.position += 1

    def _close(self, bracket: str) -> None:
        self._note(Tolerance.STRAY_COMMA, self._last == ",")
        due = self._open.pop()[0] if self._open else None
        self._note(Tolerance.MISMATCHED_BRACKET, due != bracket)
        self._last = "x"
        self.position += 1

    def _unquoted(self) -> str | None:
        """Read up to the next comma or the bracket that closes the group; None if nothing is to be kept."""
        end = _UNQUOTED[self._open[-1][0] if self._open else "]"].search(self.text, self.position)
        start, self.position = self.position, end.start() if end else len(self.text)
        if end is None:
            self._note(Tolerance.UNCLOSED_ITEM)
            return None
        item = self.text[start : self.position].strip()
        null = item in ("null", "None")
        self._note(Tolerance.NULL_ITEM if null else Tolerance.UNQUOTED_ITEM)
        return None if null else item

    def _string(self, quote: str) -> str | None:
        """Read a quoted string; None if the answer ends inside it."""
        self._note(Tolerance.SINGLE_QUOTES, quote == "'")
        pieces: list[str] = []
        self.position += 1
        while self.position < len(self.text):
            plain = _PLAIN[quote].match(self.text, self.position)
            if plain:
                pieces.append(plain.group())
                self.position = plain.end()
                continue
            character = self.text[self.position]
            if character == quote and self._ends_here():
                self.position += 1
                return self._joined(pieces)
            pieces.append(self._escape() if character == "\\" else self._literal(character))
        self._note(Tolerance.UNCLOSED_ITEM)
        return None

    def _ends_here(self) -> bool:
        """Tell whether the quote at `position` ends its string rather than standing in it."""
        following = self._past_space(self.position + 1)
        after = self.text[following : following + 1]
        return after in (*",])", "") or (after in _QUOTES and following > self.position + 1)

    def _literal(self, character: str) -> str:
        self._note(Tolerance.UNESCAPED_QUOTE if character in _QUOTES else Tolerance.CONTROL_CHARACTER)
        self.position += 1
        return character

    def _escape(self) -> str:
        """Read an escape; one that JSON does not have stands for itself, except that a backslash hides a quote."""
        kind = self.text[self.position + 1 : self.position + 2]
        code = _HEX.match(self.text, self.position + 2) if kind == "u" else None
        if code:
            self.position = code.end()
            return chr(int(code.group(), 16))
        if kind in _ESCAPES:
            self.position += 2
            return _ESCAPES[kind]
        self._note(Tolerance.INVALID_ESCAPE)
        self.position += 1 + (kind == "'")
        return "'" if kind == "'" else "\\"

    def _joined(self, pieces: list[str]) -> str:
        """Join the pieces of a string; two escaped surrogates make one character, as in JSON."""
        joined = "".join(pieces)
        if not _SURROGATE.search(joined):
            return joined
        paired = joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        self._note(Tolerance.LONE_SURROGATE, _SURROGATE.search(paired) is not None)
        return _SURROGATE.sub("\ufffd", paired)

    def _next(self) -> str:
        """Skip white space and return the character there, "" at the end."""
        self.position = self._past_space(self.position)
        return self.text[self.position : self.position + 1]

    def _past_space(self, position: int) -> int:
        space = _SPACE.match(self.text, position)
        return space.end() if space else position

    def _note(self, tolerance: Tolerance, met: bool = True) -> None:
        if met:
            self.tolerances[tolerance] = None
