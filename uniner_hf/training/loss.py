"""The loss on answers, computed from the model's own logits at the answers' positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from uniner_hf.conversations import EOS_TOKEN, answer
from uniner_hf.decoding.output_rows import call_with_rows
from uniner_hf.training.dataset import IGNORED


def head_is_one_linear_layer(model: PreTrainedModel) -> bool:
    """Tell whether the logits are the last hidden states through the output embeddings and nothing else.

    TRL's fused head computes them so. On a head with more to it, such as BERT's transform, it would train a model that
    is not the one saved, and leave the rest of the head untrained.

    Args:
        model: a causal language model, without adapters around it.

    Returns:
        True where the model consists of its backbone and one linear layer: Llama, but not BERT.

    Example:
        >>> head_is_one_linear_layer(LlamaForCausalLM(config))  # doctest: +SKIP
        True
    """
    output = model.get_output_embeddings()
    return isinstance(output, nn.Linear) and set(model.children()) == {model.base_model, output}


def list_marks(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Return the tokens that lists are made of besides their mentions, and the end token.

    Args:
        tokenizer: of the model.
    """
    samples = [answer([]), answer(["a"]), answer(["a", "a"])]
    end = tokenizer.eos_token or EOS_TOKEN
    written = tokenizer([f" {sample}{end}" for sample in samples], add_special_tokens=False).input_ids
    return sorted({token for tokens in written for token in tokens})


def answer_loss(
    model: nn.Module,
    inputs: dict[str, torch.Tensor],
    *,
    passage_vocabulary: bool,
    marks: Sequence[int] = (),
    num_items: int | torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the mean negative log-likelihood of the labelled tokens.

    Logits are computed at the positions that predict a label only.

    Args:
        model: a causal language model; its output embeddings are a linear layer.
        inputs: a batch with `labels`, -100 where nothing is learnt.
        passage_vocabulary: let the softmax of each row run over the tokens of that row, its padding included, and
            `marks`.
        marks: tokens that every row may write, whether it does or not: those of lists (`list_marks`). Without them a
            row whose answers are all empty would have no other way to begin, and teach nothing.
        num_items: the number of labels to divide by, default those of this batch.
    """
    labels = inputs["labels"][:, 1:]
    predicts = torch.zeros_like(inputs["labels"], dtype=torch.bool)
    predicts[:, :-1] = labels != IGNORED
    forward: dict[str, Any] = {name: value for name, value in inputs.items() if name != "labels"}
    forward |= {"logits_to_keep": predicts, "use_cache": False}
    targets = labels[labels != IGNORED]
    if passage_vocabulary:
        logits, targets = _logits_over_rows(model, forward, predicts, targets, marks)
    else:
        logits = model(**forward).logits
    total = nn.functional.cross_entropy(logits.float(), targets, reduction="sum")
    count = targets.numel() if num_items is None else num_items
    return total / torch.as_tensor(count).clamp(min=1)  # a batch may ask nothing: its loss is 0, not 0 / 0


def _logits_over_rows(
    model: nn.Module, forward: dict[str, Any], predicts: torch.Tensor, targets: torch.Tensor, marks: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return logits over the tokens of the batch, closed to those of other rows, and the targets among them."""
    ids = forward["input_ids"]
    everywhere = torch.tensor(marks, dtype=ids.dtype, device=ids.device).expand(len(ids), -1)
    tokens, columns = torch.cat([ids, everywhere], dim=1).unique(return_inverse=True)
    logits = call_with_rows(model, tokens, forward).logits
    in_row = torch.zeros(len(columns), len(tokens), dtype=torch.bool, device=logits.device)
    in_row.scatter_(1, columns, True)
    rows = predicts.nonzero()[:, 0]
    return logits.masked_fill(~in_row[rows], float("-inf")), torch.searchsorted(tokens, targets)
