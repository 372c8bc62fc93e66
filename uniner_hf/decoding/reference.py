"""One prompt for each question, read from its beginning: the yardstick of the other engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from uniner_hf.decoding.reading import prompt_inputs
from uniner_hf.decoding.token_bias import token_biases
from uniner_hf.decoding.writing import write

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from uniner_hf.decoding.answering import Answer, AskedPassage


def write_one_by_one(
    model: PreTrainedModel, passages: Sequence[AskedPassage], answers: Sequence[Sequence[Answer]], pad_token_id: int
) -> None:
    """Write the answers of several passages, one question after the other; arguments as for `write_packed`."""
    biases = token_biases(model.generation_config)
    for passage, own in zip(passages, answers, strict=True):
        for answer, question in zip(own, passage.questions, strict=True):
            inputs = prompt_inputs(model, [passage], [question], pad_token_id)
            cache = write(model, {**inputs, "logits_to_keep": 1}, [answer], biases)
            while answer.active:
                token = torch.tensor([[answer.token]], device=model.device)
                inputs = {"input_ids": token, "past_key_values": cache, "logits_to_keep": 1}
                cache = write(model, inputs, [answer], biases)
