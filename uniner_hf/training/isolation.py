"""Whether documents that share a row are hidden from each other, tried on the model itself."""

from __future__ import annotations

from typing import Any, Literal

import torch
from transformers import PreTrainedModel

from uniner_hf.decoding.attention import question_mask

Isolation = Literal["positions", "mask"]

LENGTH = 6  # tokens of each of the two documents that are tried
LEAK = 1e-4  # of the largest logit; what is left of rounding is far below, what leaks is far above


def document_isolation(model: PreTrainedModel) -> Isolation:
    """Return what keeps the documents of a packed row apart in a model.

    Some architectures see from positions that restart where a document begins (Llama); others do not look at positions
    when they make their mask (BERT), and need one that says who sees whom. Which is which cannot be read from a
    configuration, so the model reads two documents, then another one before the second, and its logits of the second
    are compared.

    Args:
        model: a causal language model with its weights, on any device.

    Returns:
        `"positions"` or `"mask"`.

    Raises:
        ValueError: neither keeps them apart: recurrent models, or attention that takes no such mask.

    Example:
        >>> document_isolation(llama_for_causal_lm)  # doctest: +SKIP
        'positions'
    """
    positions = torch.arange(LENGTH, device=model.device).repeat(2)[None]
    if not _leaks(model, {"position_ids": positions}):
        return "positions"
    documents = torch.arange(2, device=model.device).repeat_interleave(LENGTH)[None]
    # As the collator makes it: float32, whatever the weights are.
    mask = question_mask(torch.zeros_like(documents), bidirectional=False, documents=documents)
    if not _leaks(model, {"position_ids": positions, "attention_mask": mask}):
        return "mask"
    raise ValueError(
        f"Expected a model that keeps documents of one row apart for packing, found that {type(model).__name__} with "
        f"{model.config._attn_implementation} attention does not; set packing and padding_free to false, or "
        "attn_implementation to sdpa or eager."
    )


def check_question_mask(model: PreTrainedModel) -> None:
    """Raise ValueError unless the model hides the questions of a passage from each other where a mask tells it to."""
    segments = torch.tensor([0] * 2 + [1] * LENGTH + [2] * LENGTH, device=model.device)[None]
    positions = torch.tensor([0, 1, *range(2, 2 + LENGTH), *range(2, 2 + LENGTH)], device=model.device)[None]
    mask = question_mask(segments, bidirectional=False)
    if _leaks(model, {"position_ids": positions, "attention_mask": mask}, shared=2):
        raise ValueError(
            "Expected a model that hides questions from each other for question_attention='independent', found that "
            f"{type(model).__name__} with {model.config._attn_implementation} attention does not; set "
            "question_attention to conversation, or attn_implementation to sdpa or eager."
        )


@torch.no_grad()
def _leaks(model: PreTrainedModel, inputs: dict[str, Any], shared: int = 0) -> bool:
    """Tell whether the logits of the last document change with the one before it."""
    if any(parameter.is_meta for parameter in model.parameters()):
        raise ValueError(
            "Expected a model with its weights, to try whether it keeps documents apart, found it without; set "
            "fsdp_cpu_ram_efficient_loading to false, or packing to false and question_attention to conversation."
        )
    embeddings: Any = model.get_input_embeddings()
    vocabulary: int = embeddings.num_embeddings
    first = torch.arange(shared + 2 * LENGTH, device=model.device) % vocabulary
    other = first.clone()
    other[shared : shared + LENGTH] = (first[shared : shared + LENGTH] + vocabulary // 2) % vocabulary
    training = model.training
    model.eval()
    try:
        read = [model(input_ids=ids[None], use_cache=False, **inputs).logits[0, -LENGTH:] for ids in (first, other)]
    except (RuntimeError, TypeError, ValueError):  # a mask that the model cannot take keeps nothing apart
        return True
    finally:
        model.train(training)
    return bool((read[0] - read[1]).abs().max() > LEAK * read[0].abs().max())
