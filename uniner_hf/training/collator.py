"""Examples as one batch: padded rows or one row without padding, and the mask under which their parts share them."""

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
    """Makes batches of rows of `ConversationDataset`.

    Args:
        pad_token_id: id of the padding token, which goes to the right.
        independent: whether the questions of a passage are hidden from each other.
        bidirectional: whether passages are read in both directions.
        letter_case: whether the model takes the letter case as `token_type_ids`.
        packed: whether rows hold several documents.
        block_mask: whether documents are kept apart by a mask, or by positions that restart.
        flat: whether the rows of a batch become one, without padding.
    """

    pad_token_id: int
    independent: bool
    bidirectional: bool
    letter_case: bool
    packed: bool = False
    block_mask: bool = False
    flat: bool = False

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        if self.flat:
            examples = [{key: [value for one in examples for value in one[key]] for key in examples[0]}]
        batch = {
            "input_ids": _padded(examples, "input_ids", self.pad_token_id),
            "labels": _padded(examples, "labels", IGNORED),
            "position_ids": _padded(examples, "position_ids", 0),
            **self._mask(examples),
        }
        if self.letter_case:
            batch["token_type_ids"] = _padded(examples, "letter_case", 0)
        return batch

    @property
    def plain_mask(self) -> bool:
        """Whether a mask of two dimensions, or the positions of one row, tell which tokens there are."""
        return not (self.independent or self.bidirectional or (self.packed and not self.flat))

    def _mask(self, examples: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Return `attention_mask`, or nothing where the model sees from the positions alone what belongs together."""
        segments = _padded(examples, "segments", PADDING)
        documents = _padded(examples, "documents", PADDING) if self.packed else None
        if self.independent or self.bidirectional or (self.packed and self.block_mask):
            mask = question_mask(
                segments, bidirectional=self.bidirectional, independent=self.independent, documents=documents
            )
            return {"attention_mask": mask}
        return {} if self.packed or self.flat else {"attention_mask": (segments != PADDING).long()}


def _padded(examples: Sequence[dict[str, Any]], key: str, value: int) -> torch.Tensor:
    return pad_sequence([torch.tensor(example[key]) for example in examples], batch_first=True, padding_value=value)
