"""Which passages are not trained on, and why."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from uniner_hf.benchmark.held_out import is_held_out
from uniner_hf.training.set_options import SetOptions

UNSEEN = "text kept for evaluation"


class Exclusions:
    """Decides which passages are left out, and counts them by set and reason.

    Texts that differ in letter case, white space and punctuation only are the same.

    Args:
        unseen: texts that must not be trained on.

    Attributes:
        counts: passages left out, by `"set: reason"`.

    Example:
        >>> exclusions = Exclusions(["Rome , 1921 ."])
        >>> exclusions.leaves_out({"text": "Rome, 1921.", "entities": []}, "wnut17", SetOptions(["train"]))
        True
        >>> exclusions.counts
        Counter({'wnut17: text kept for evaluation': 1})
    """

    def __init__(self, unseen: Iterable[str] = ()) -> None:
        self._unseen = {_digest(_text_key(text)) for text in unseen}
        self._seen: set[bytes] = set()
        self.counts: Counter[str] = Counter()

    def leaves_out(self, row: Mapping[str, Any], set_name: str, options: SetOptions) -> bool:
        """Tell whether a passage of a set is left out; each one that comes is remembered, to know duplicates."""
        reason = self._reason(row, options)
        if reason is not None:
            self.counts[f"{set_name}: {reason}"] += 1
        return reason is not None

    def leaves_out_conversation(self, text: str, turns: Iterable[tuple[str, str]], set_name: str) -> bool:
        """Tell whether a conversation is left out.

        Args:
            text: the passage that it is about.
            turns: its questions and answers.
            set_name: of its source.
        """
        key, asked = _text_key(text), sorted(turns)
        reasons = {
            "no text": not key,
            "no question": not asked,
            UNSEEN: _digest(key) in self._unseen,
            "duplicate": self._known(f"{key}/{asked}"),
        }
        reason = next((reason for reason, holds in reasons.items() if holds), None)
        if reason is not None:
            self.counts[f"{set_name}: {reason}"] += 1
        return reason is not None

    def _reason(self, row: Mapping[str, Any], options: SetOptions) -> str | None:
        key = _text_key(row["text"])
        if not key:
            return "no text"
        if _digest(key) in self._unseen:
            return UNSEEN
        if options.hold_out and is_held_out(row["text"]):
            return "held out"
        if self._comes_again(key, row["entities"]):
            return "duplicate"
        if not row["entities"] and share_of_text(key) >= options.share_of_empty:
            return "no entities"
        return None

    def _comes_again(self, key: str, entities: Iterable[Mapping[str, Any]]) -> bool:
        return self._known(f"{key}/{sorted((entity['start'], entity['type']) for entity in entities)}")

    def _known(self, identity: str) -> bool:
        digest = _digest(identity)
        known = digest in self._seen
        self._seen.add(digest)
        return known


def _text_key(text: str) -> str:
    """Return the letters and digits of a text in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def share_of_text(key: str) -> float:
    """Return a number from 0 to 1 that depends on a text alone, evenly spread over texts."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 16**8
