"""Passages as inputs of a model, and read once into its cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils.rnn import pad_sequence

from uniner_hf.decoding.attention import PADDING, question_mask
from uniner_hf.decoding.output_rows import call_with_rows, can_be_cut
from uniner_hf.decoding.prompt_tokens import LOWER, bidirectional_passage, letter_case_types

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from uniner_hf.decoding.answering import AskedPassage


def read_passages(model: PreTrainedModel, passages: Sequence[AskedPassage], pad_token_id: int) -> Any:
    """Return the cache of a model that has read passages, padded on the right.

    Args:
        model: a causal language model.
        passages: at least one.
        pad_token_id: id of the padding token.
    """
    inputs = prompt_inputs(model, passages, [[] for _ in passages], pad_token_id)
    inputs |= {"use_cache": True, "logits_to_keep": 1}
    if can_be_cut(model):
        return call_with_rows(model, torch.tensor([0], device=model.device), inputs).past_key_values
    return model(**inputs).past_key_values


def prompt_inputs(
    model: PreTrainedModel, passages: Sequence[AskedPassage], behind: Sequence[list[int]], pad_token_id: int
) -> dict[str, Any]:
    """Return the arguments of a model that reads passages and what stands behind each.

    Reading from left to right needs no mask where what is padded stands on the right: nothing sees it.

    Args:
        model: a causal language model.
        passages: at least one.
        behind: token ids behind each passage, none or those of a question.
        pad_token_id: id of the padding token.
    """
    pairs = list(zip(passages, behind, strict=True))
    inputs: dict[str, Any] = {"input_ids": padded([one.passage + more for one, more in pairs], pad_token_id, model)}
    if bidirectional_passage(model.config):
        segments = padded([[0] * len(one.passage) + [1] * len(more) for one, more in pairs], PADDING, model)
        inputs["attention_mask"] = question_mask(segments, bidirectional=True, dtype=model.dtype)
    if letter_case_types(model.config):
        case = [one.letter_case + [LOWER] * len(more) for one, more in pairs]
        inputs["token_type_ids"] = padded(case, LOWER, model)
    return inputs


def padded(rows: Sequence[Sequence[int]], value: int, model: PreTrainedModel) -> torch.Tensor:
    """Return rows of numbers as a tensor on the device of a model, filled up on the right."""
    tensors = [torch.tensor(row, dtype=torch.long) for row in rows]
    return pad_sequence(tensors, batch_first=True, padding_value=value).to(model.device)
