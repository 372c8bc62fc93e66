"""Texts that share a run of words with texts that must be kept out, such as the test files of a benchmark."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Source: GPT-3 (arXiv 2005.14165), appendix C: runs of 13 words; in sets of short texts of fewer, but at least 8.
WORDS = 13
FEWEST_WORDS = 8

_PRIME = 2**61 - 1  # numbers of runs are below it
_BASE = 1_000_003_000_017
_WORD = re.compile(r"[^\W_]+")


class NgramIndex:
    """Runs of words of texts, to be found in other texts.

    Words are letters and digits in lower case; punctuation and white space do not count. A text of fewer than `words`
    words is found as a whole; one of fewer than `fewest` is too common a phrase and is not looked for. A run is kept
    as a number of 61 bits, less than 100 bytes of memory in all; with a million of them about one run in 10^12 is
    taken for another.

    Args:
        texts: that other texts must not share a run with.
        words: of a run, default 13.
        fewest: words of a text that is shorter than a run.

    Attributes:
        too_short: how many texts are not looked for.

    Example:
        >>> index = NgramIndex(["The cat sat on the mat and ate .", "Rome"], words=5, fewest=3)
        >>> index.overlaps("Yesterday the CAT sat on -- the mat."), index.overlaps("On the mat the cat sat.")
        (True, False)
        >>> len(index), index.too_short
        (4, 1)
    """

    def __init__(self, texts: Iterable[str], words: int = WORDS, fewest: int = FEWEST_WORDS) -> None:
        if not 1 <= fewest <= words:
            raise ValueError(
                f"Expected fewest to be from 1 to words, found {fewest} and {words}; the defaults are {FEWEST_WORDS} "
                f"and {WORDS}."
            )
        self.words, self.too_short = words, 0
        self._hashes: set[int] = set()
        self._lengths: set[int] = set()
        for text in texts:
            found = _words(text)
            if len(found) < fewest:
                self.too_short += 1
                continue
            length = min(words, len(found))
            self._lengths.add(length)
            self._hashes.update(_hashes(found, length))

    def __len__(self) -> int:
        return len(self._hashes)

    def overlaps(self, text: str) -> bool:
        """Tell whether a text shares a run of words with one of the texts."""
        found = _words(text)
        return any(number in self._hashes for length in self._lengths for number in _hashes(found, length))


def _words(text: str) -> list[int]:
    """Return the words as numbers."""
    return [_number(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


@lru_cache(maxsize=1 << 16)
def _number(word: str) -> int:
    # Not Python's own hash, which is another in every process.
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _PRIME


def _hashes(words: list[int], length: int) -> Iterator[int]:
    """Yield a number for each run of words, from that of the run before (Rabin and Karp)."""
    out_of_run = pow(_BASE, length, _PRIME)
    value = 0
    for place, word in enumerate(words):
        value = (value * _BASE + word) % _PRIME
        if place >= length:
            value = (value - words[place - length] * out_of_run) % _PRIME
        if place >= length - 1:
            yield value
