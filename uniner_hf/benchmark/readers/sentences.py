"""What readers of tokenised files yield."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence with its entities.

    Args:
        tokens: its tokens; one outside entities may be empty.
        spans: its entities, `(label, first token, token after the last)` each, indices in the sentence.
        places: for each token, where errors say that it stands, as `"train.txt:12"`.
    """

    tokens: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...]
    places: tuple[str, ...]
