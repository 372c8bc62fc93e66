"""Examples as one padded batch, with the mask under which questions share a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

from uniner_hf.decoding.attention import PADDING, question_mask
from uniner_hf.training.dataset import IGNORED


@dataclass(frozen=True, slots=True)
class QuestionCollator:
    """Pads examples of `ConversationDataset` on the right.

    Args:
        pad_token_id: id of the padding token.
        independent: whether the questions of a row are hidden from each other (then the mask has four dimensions).
        bidirectional: whether the passage is read in both directions.
        letter_case: whether the model takes the letter case as `token_type_ids`.
    """

    pad_token_id: int
    independent: bool
    bidirectional: bool
    letter_case: bool

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        segments = _padded(examples, "segments", PADDING)
        batch = {
            "input_ids": _padded(examples, "input_ids", self.pad_token_id),
            "labels": _padded(examples, "labels", IGNORED),
            "attention_mask": (segments != PADDING).long(),
            "position_ids": _padded(examples, "position_ids", 0),
        }
        if self.independent:
            batch["attention_mask"] = question_mask(segments, bidirectional=self.bidirectional)
        if self.letter_case:
            batch["token_type_ids"] = _padded(examples, "letter_case", 0)
        return batch


def _padded(examples: Sequence[dict[str, Any]], key: str, value: int) -> torch.Tensor:
    return pad_sequence([torch.tensor(example[key]) for example in examples], batch_first=True, padding_value=value)
