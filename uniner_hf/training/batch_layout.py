"""How the batches of a training are laid out, which its model must be able to read."""

from __future__ import annotations

import logging

from transformers import PreTrainedModel

from uniner_hf.decoding.prompt_tokens import bidirectional_passage, letter_case_types
from uniner_hf.training.collator import QuestionCollator
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.isolation import check_question_mask, document_isolation

logger = logging.getLogger(__name__)


def question_collator(model: PreTrainedModel, args: UniNERConfig, pad_token_id: int) -> QuestionCollator:
    """Return the collator that the settings ask for, after a trial that the model keeps apart what it must.

    Args:
        model: a causal language model, without adapters around it.
        args: settings of the training.
        pad_token_id: of the tokenizer.

    Raises:
        ValueError: the model would let questions or documents see each other.
    """
    independent = args.question_attention == "independent"
    bidirectional = bidirectional_passage(model.config)
    block_mask = False
    if independent:
        check_question_mask(model)
    elif args.packing or args.padding_free:
        block_mask = bidirectional or document_isolation(model) == "mask"
    if bidirectional and not independent:
        logger.warning(
            "question_attention is conversation, but the pipeline asks a model that reads passages in both directions "
            "each question by itself: independent trains what is asked."
        )
    if args.padding_free and block_mask:
        raise ValueError(
            "Expected a model that tells documents apart by their positions for padding_free, found "
            f"{type(model).__name__}, which needs a mask; set padding_free to false, or use packing."
        )
    flash = "flash" in str(model.config._attn_implementation)  # it knows documents in batches of one row only
    return QuestionCollator(
        pad_token_id=pad_token_id,
        independent=independent,
        bidirectional=bidirectional,
        letter_case=letter_case_types(model.config),
        packed=args.packing,
        block_mask=block_mask,
        flat=args.padding_free or (args.packing and flash),
    )
