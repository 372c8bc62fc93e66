"""Logits of some tokens only: the output embeddings cut to their rows for the length of one call.

The grammar allows a few hundred tokens of a vocabulary of tens of thousands, and a softmax over a passage's own tokens
is as narrow; the other rows would be most of the work of a small model.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.parallel import DistributedDataParallel


def can_be_cut(model: nn.Module) -> bool:
    """Tell whether the output embeddings are one plain layer on the model's device.

    Quantised layers keep their rows packed, and layers that are loaded on demand have hooks that a call with other
    weights would go around.

    Args:
        model: a causal language model, perhaps in `DistributedDataParallel`.
    """
    output = _output_embeddings(model)
    return type(output) is nn.Linear and not hasattr(output, "_hf_hook") and not output.weight.is_meta


def call_with_rows(model: nn.Module, tokens: torch.Tensor, inputs: dict[str, Any]) -> Any:
    """Return the model's output with logits of these tokens only, in their order.

    Args:
        model: a causal language model whose output embeddings are a linear layer.
        tokens: token ids.
        inputs: arguments of the model.

    Example:
        >>> call_with_rows(model, torch.tensor([5, 7]), {"input_ids": ids}).logits.shape[-1]  # doctest: +SKIP
        2
    """
    output = _output_embeddings(model)
    name = next(name for name, module in model.named_modules() if module is output)
    rows = {f"{name}.{key}": parameter[tokens] for key, parameter in output.named_parameters()}
    return functional_call(model, rows, (), inputs, tie_weights=False)


def _output_embeddings(model: nn.Module) -> nn.Module:
    one = model.module if isinstance(model, DistributedDataParallel) else model
    return one.get_output_embeddings()  # type: ignore[operator, no-any-return]
