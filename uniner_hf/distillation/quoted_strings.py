"""One quoted string of a teacher's answer: where it ends, whatever quotes stand in it, and what its escapes say."""

from __future__ import annotations

import re

QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019\u201a"
_DOUBLE, _SINGLE = "\u201c\u201d\u201e", "\u2018\u2019\u201a"
_CLOSERS = {'"': '"', "'": "'"} | dict.fromkeys(_DOUBLE, '\u201c\u201d"') | dict.fromkeys(_SINGLE, "\u2018\u2019'")

_PLAIN = re.compile(rf"[^{QUOTES}\\]+")
_STARTS = rf"[{QUOTES}()\[\]{{}}]"
# What may follow the quote that ends a string. All quantifiers are possessive and none crosses the next quote but one,
# so that all look-aheads together are linear.
_COMMA = rf"\s*+,\s*+(?:\Z|{_STARTS}|[^{QUOTES}()\[\]{{}},\n]++[,)\]}}]|[^{QUOTES}()\[\]{{}},\n]*+\Z)"
_COLON = rf"\s*+:\s*+[{QUOTES}]"
_BESIDE = r"\s++(?:\"[^\"]*+\"|'[^']*+')\s*+\)"  # the comma was forgotten
_CLOSED = r"\s*+[)\]}]"
# A first item is seldom the last one: the bracket after its quote must itself be followed by what belongs in a list.
_CLOSED_EARLY = _CLOSED + r"(?=[^\S\n]*+(?:\Z|[\n,()\[\]{}]))"
_END_OF_FIRST = re.compile(rf"\s*+\Z|{_COMMA}|{_COLON}|{_BESIDE}|{_CLOSED_EARLY}")
_END_OF_LATER = re.compile(rf"\s*+\Z|{_COMMA}|{_COLON}|{_CLOSED}")
_BARE_KEY = r"\s*+,\s*+[\w ]++:"
_END_IN_OBJECT = re.compile(rf"\s*+\Z|{_COMMA}|{_BARE_KEY}|\s*+:|{_CLOSED}")
# A quote of another kind ends a string only where its own kind opens the next one: in a well-formed answer the own
# quote would end this string there, and not be followed by anything else.
_END_BY_ANOTHER = {
    quote: re.compile(rf"\s*+[,:)\]}}](?:\s*+[,:()\[\]{{}}])*+\s*+(?:\Z|{quote}(?!\s*+(?:[,:)\]}}]|\Z)))")
    for quote in "\"'"
}

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(000[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4})|(.))?", re.S)
# Those of JSON, and of Python's repr.
_LITERALS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\"} | {q: q for q in QUOTES}
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_quoted(text: str, position: int, place: str) -> tuple[str | None, int]:
    r"""Read the string whose opening quote is at `position`.

    Args:
        text: the answer.
        position: of the opening quote.
        place: what the string is: `"first"` item of a group, a `"later"` one, or in an `"object"`.

    Returns:
        The string, None if the answer ends in it, and the position behind it. Half a surrogate pair becomes U+FFFD.

    Example:
        >>> read_quoted('"the "great" one", "title"', 0, "first")
        ('the "great" one', 17)
        >>> read_quoted(r"'O\'Neil\u0021'", 0, "first")
        ("O'Neil!", 15)
        >>> read_quoted('"cut', 0, "first")
        (None, 4)
    """
    quote = text[position]
    ends = {"first": _END_OF_FIRST, "later": _END_OF_LATER, "object": _END_IN_OBJECT}[place]
    pieces: list[str] = []
    position += 1
    while position < len(text):
        if plain := _PLAIN.match(text, position):
            pieces.append(plain.group())
            position = plain.end()
        elif text[position] == "\\":
            piece, position = _escape(text, position)
            pieces.append(piece)
        else:
            end = ends if text[position] in _CLOSERS[quote] else _END_BY_ANOTHER.get(quote)
            if end and end.match(text, position + 1):
                return _joined(pieces), position + 1
            pieces.append(text[position])
            position += 1
    return None, position


def _escape(text: str, position: int) -> tuple[str, int]:
    """Read an escape; one that neither JSON nor Python has stands for itself."""
    match = _ESCAPE.match(text, position)
    assert match is not None  # the caller saw the backslash
    *codes, character = match.groups()
    code = next(filter(None, codes), None)
    if code:
        return chr(int(code, 16)), match.end()
    if character in _LITERALS:
        return _LITERALS[character], match.end()
    return "\\", position + 1


def _joined(pieces: list[str]) -> str:
    joined = "".join(pieces)
    if not _SURROGATE.search(joined):
        return joined
    paired = joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _SURROGATE.sub("\ufffd", paired)
