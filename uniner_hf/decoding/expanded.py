"""The questions of a passage as a batch: the passage is read once, and its cache copied for each question.

It needs no attention mask of its own: questions of one length are asked together, so nothing is padded. That serves
models that build their mask themselves, such as those with a sliding window, at the price of the copies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch

from uniner_hf.decoding.reading import read_passages
from uniner_hf.decoding.token_bias import token_biases
from uniner_hf.decoding.writing import write

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from uniner_hf.decoding.answering import Answer, AskedPassage


def write_expanded(
    model: PreTrainedModel, passages: Sequence[AskedPassage], answers: Sequence[Sequence[Answer]], pad_token_id: int
) -> None:
    """Write the answers of several passages, one passage after the other; arguments as for `write_packed`."""
    for passage, own in zip(passages, answers, strict=True):
        groups: dict[int, list[tuple[Answer, list[int]]]] = defaultdict(list)
        for answer, question in zip(own, passage.questions, strict=True):
            groups[len(question)].append((answer, question))
        cache = read_passages(model, [passage], pad_token_id)
        for group in groups.values():
            _write_group(model, deepcopy(cache), [answer for answer, _ in group], [tokens for _, tokens in group])


def _write_group(model: PreTrainedModel, cache: Any, answers: list[Answer], tokens: list[list[int]]) -> None:
    """Write answers to questions of one length."""
    biases = token_biases(model.generation_config)
    cache.batch_repeat_interleave(len(answers))
    while answers:
        inputs = {"input_ids": torch.tensor(tokens, device=model.device), "past_key_values": cache}
        cache = write(model, {**inputs, "logits_to_keep": 1}, answers, biases)
        going_on = [index for index, answer in enumerate(answers) if answer.active]
        cache.batch_select_indices(torch.tensor(going_on, device=model.device, dtype=torch.long))
        answers = [answers[index] for index in going_on]
        tokens = [[answer.token] for answer in answers]
