"""A rendered conversation as tokens: one passage, shared by questions that do not see each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uniner_hf.conversations import Rendering

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

LOWER, CAPITALISED, ALL_CAPITALS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """The tokens of a rendered conversation.

    Args:
        input_ids: token ids; the token that opens a sequence comes first, where the tokenizer has one.
        segments: for each token, 0 in the passage (with all that precedes the first question), else the number of its
            question, from 1.
        generated: for each token, whether the assistant writes it.
        letter_case: for each token, 0 for lower case, 1 for a capitalised word, 2 for all capitals; always 0 outside
            the passage.
    """

    input_ids: list[int]
    segments: list[int]
    generated: list[bool]
    letter_case: list[int]


def prompt_tokens(tokenizer: PreTrainedTokenizerBase, rendering: Rendering) -> PromptTokens:
    """Tokenise a rendered conversation as one string and tell passage, questions and answers apart by characters.

    Args:
        tokenizer: a fast tokenizer (`transformers` 5 has no other).
        rendering: from `uniner_hf.conversations.render`.
    """
    encoding = tokenizer(rendering.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    opening = opening_ids(tokenizer)
    input_ids, segments = list(opening), [0] * len(opening)
    generated, letter_case = [False] * len(opening), [LOWER] * len(opening)
    turn = 0
    for token, (start, end) in zip(encoding["input_ids"], encoding["offset_mapping"], strict=True):
        while turn < len(rendering.generated) and start >= rendering.generated[turn][1]:
            turn += 1
        input_ids.append(token)
        segments.append(turn)
        generated.append(turn < len(rendering.generated) and start >= rendering.generated[turn][0])
        letter_case.append(_case(rendering.text[start:end]) if turn == 0 else LOWER)
    return PromptTokens(input_ids, segments, generated, letter_case)


def opening_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Return the token that the tokenizer puts before any text, such as Llama's `<s>`, or nothing.

    A BERT tokenizer also closes every text with `[SEP]`, which must not follow `ASSISTANT:`; so special tokens are
    never left to the tokenizer.
    """
    bos = tokenizer.bos_token_id
    return [bos] if bos is not None and tokenizer("").input_ids[:1] == [bos] else []


def position_ids(segments: Sequence[int]) -> list[int]:
    """Return positions at which each question follows the passage directly, as it does when it is asked alone.

    Example:
        >>> position_ids([0, 0, 1, 1, 2, 2, 2])
        [0, 1, 2, 3, 2, 3, 4]
    """
    passage = segments.count(0)
    positions, last, run = [], 0, 0
    for index, segment in enumerate(segments):
        run = run + 1 if segment == last else 0
        positions.append(index if segment == 0 else passage + run)
        last = segment
    return positions


def bidirectional_passage(config: PretrainedConfig) -> bool:
    """Tell whether the model reads the passage in both directions (the bundled model does) or left to right."""
    return bool(getattr(config, "bidirectional_passage", False))


def letter_case_types(config: PretrainedConfig) -> bool:
    """Tell whether the model takes the letter case of the passage's words as `token_type_ids`.

    The bundled model's tokenizer is uncased; this is how it still knows `Apple` from `apple`.
    """
    return bool(getattr(config, "letter_case_types", False))


def _case(piece: str) -> int:
    letters = piece.strip()
    if not letters[:1].isupper():
        return LOWER
    return ALL_CAPITALS if len(letters) > 1 and letters.isupper() else CAPITALISED
