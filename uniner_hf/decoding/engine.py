"""Answers to many questions about passages, by the way of decoding that a model allows."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any

import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size

from uniner_hf.decoding.adapted import without_adapters
from uniner_hf.decoding.answering import Answers, AskedPassage, begun_answers, collected
from uniner_hf.decoding.expanded import write_expanded
from uniner_hf.decoding.packed import write_packed
from uniner_hf.decoding.reference import write_one_by_one

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel

ENGINES = {"packed": write_packed, "expanded": write_expanded, "reference": write_one_by_one}

logger = logging.getLogger(__name__)


def answer_passages(
    model: PreTrainedModel,
    passages: Sequence[AskedPassage],
    *,
    pad_token_id: int,
    max_new_tokens: int,
    engine: str = "packed",
) -> list[Answers]:
    """Answer the questions of several passages, greedily; where memory is short, in halves.

    Args:
        model: a causal language model; what the `sequence_bias` of its generation settings adds to logits counts.
        passages: the passages, or none; each has a question at least.
        pad_token_id: id of the padding token.
        max_new_tokens: tokens of an answer at most; fewer where the model has no positions for them.
        engine: `"packed"` (default), `"expanded"` or `"reference"`; all of them give the same answers.

    Raises:
        MemoryError: one passage with its questions is too much.
    """
    if not passages:
        return []
    try:
        return _answered(model, passages, pad_token_id, max_new_tokens, engine)
    except RuntimeError as error:
        if not should_reduce_batch_size(error):
            raise
    # Not before the handler is left: till then the error holds on to what the batch has taken.
    clear_device_cache(garbage_collection=True)
    if len(passages) == 1:
        raise MemoryError(
            f"Expected memory for a passage of {len(passages[0].passage)} tokens with {len(passages[0].questions)} "
            "questions, found too little; ask fewer entity types at once, or load the model in fewer bits."
        )
    logger.info("memory is short: %d windows are read in halves", len(passages))
    middle = len(passages) // 2
    return [
        answers
        for half in (passages[:middle], passages[middle:])
        for answers in answer_passages(
            model, half, pad_token_id=pad_token_id, max_new_tokens=max_new_tokens, engine=engine
        )
    ]


@torch.inference_mode()
def _answered(
    model: PreTrainedModel, passages: Sequence[AskedPassage], pad_token_id: int, max_new_tokens: int, engine: str
) -> list[Answers]:
    answers = begun_answers(passages, max_new_tokens, positions(model.config))
    ENGINES[engine](model, passages, answers, pad_token_id)
    return [collected(own) for own in answers]


def choose_engine(model: PreTrainedModel, wanted: str = "auto") -> str:
    """Return the fastest engine that a model takes, or the one that is wanted; the log says which it is.

    Args:
        model: a causal language model.
        wanted: `"packed"`, `"expanded"`, `"reference"` or `"auto"` (default).

    Raises:
        ValueError: the packed engine is wanted for a model that it cannot serve.
    """
    obstacle = _obstacle(model)
    if wanted == "packed" and obstacle:
        raise ValueError(
            f"Expected a model that engine='packed' can serve, found one that {obstacle}; use engine='auto'."
        )
    if wanted != "auto":
        return wanted
    engine, reason = ("expanded", f", since the model {obstacle}") if obstacle else ("packed", "")
    logger.info("engine: %s%s", engine, reason)
    return engine


def _obstacle(model: PreTrainedModel) -> str | None:
    """Return why a model cannot be given the mask of packed questions, or None."""
    config: Any = model.config.get_text_config()
    if config._attn_implementation not in ("eager", "sdpa"):
        return f"computes attention by {config._attn_implementation}, which takes no mask"
    kinds = set(getattr(config, "layer_types", None) or ())
    if kinds - {"full_attention"}:
        return f"has layers of {', '.join(sorted(kinds - {'full_attention'}))}"
    if getattr(config, "sliding_window", None) and getattr(config, "use_sliding_window", True):
        return "looks back over a sliding window"
    if "position_ids" not in signature(without_adapters(model).forward).parameters:
        return "counts positions by itself"
    return None


def positions(config: PretrainedConfig) -> int:
    """Return the number of positions of a model; where it does not say, they are not limited."""
    return int(getattr(config, "max_position_embeddings", None) or sys.maxsize)
