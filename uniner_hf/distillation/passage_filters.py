"""Which stretches of raw text are no passages to learn from, and why."""

from __future__ import annotations

import hashlib
import re

from uniner_hf.contamination import NgramIndex

LEAST_WORDS = 10  # of a passage; headings, captions and menus have fewer
LEAST_LETTERS = 0.7  # share of a passage's characters other than white space that are letters
LEAST_COMMON = 0.1  # share of its words that are the commonest of English

# Words that few other languages write the same, nor programs (so no "for", "if", "not"); 20 to 40 % of English prose.
_COMMON = frozenset(
    "the of and to that is it as are was be by at have which were but has had they their you we his her she its been "
    "will would there what who can more them these than other about also".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")


class PassageFilter:
    """Says of each passage why it is left out; it remembers every passage, to know those that come again.

    In this order: `"too short"`, `"not English"`, `"in the benchmark"`, `"comes again"`. A passage remembered takes
    about 100 bytes.

    Args:
        kept_out: texts that a passage must not overlap; default none.

    Example:
        >>> text = "The committee that met in Geneva was of the opinion that it had to be done."
        >>> wanted = PassageFilter()
        >>> wanted.reason(text), wanted.reason(text.upper()), wanted.reason("Geneva"), wanted.reason("x = 1; " * 9)
        (None, 'comes again', 'too short', 'not English')
    """

    def __init__(self, kept_out: NgramIndex | None = None) -> None:
        self._kept_out = kept_out
        self._seen: set[int] = set()

    def reason(self, text: str) -> str | None:
        """Return why a passage is left out, None for one that is wanted."""
        if len(_LETTERS_AND_DIGITS.findall(text)) < LEAST_WORDS:
            return "too short"
        if not is_english(text):
            return "not English"
        if self._kept_out is not None and self._kept_out.overlaps(text):
            return "in the benchmark"
        key = "".join(_LETTERS_AND_DIGITS.findall(text.casefold()))
        digest = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
        if digest in self._seen:
            return "comes again"
        self._seen.add(digest)
        return None


def is_english(text: str) -> bool:
    """Tell whether a text looks like English prose: enough letters, and enough words that English cannot do without.

    Tables, lists of names and other languages fail, as does code. Code with many comments may pass.

    Example:
        >>> is_english("He was born in the north of Norway."), is_english("Er wurde im Norden Norwegens geboren.")
        (True, False)
    """
    words = _WORD.findall(text.casefold())
    visible = len("".join(text.split()))
    letters = sum(map(len, words))
    common = sum(word in _COMMON for word in words)
    return bool(words) and letters >= LEAST_LETTERS * visible and common >= LEAST_COMMON * len(words)
