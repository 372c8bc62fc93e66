"""What a saved model tells programs that generate with it: how a chat becomes a prompt, and where an answer ends."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from transformers.trainer_utils import align_special_tokens

from uniner_hf.conversations import EOS_TOKEN, chat_template, passage_messages, question, render
from uniner_hf.decoding.prompt_tokens import prompt_tokens
from uniner_hf.schema import Message

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

logger = logging.getLogger(__name__)

_CHAT = (*passage_messages("Ada wrote it."), Message("user", question("person")))

# Settings of `GenerationConfig` that a base model may bring (Llama 2 does) and that change what is answered.
_SAMPLING = ("temperature", "top_p", "top_k", "min_p", "typical_p", "repetition_penalty")


def served_chat_template(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return the chat template that a model is saved with: the package's, and what opens a text.

    A server adds no special tokens to what a template renders. So where the tokenizer opens a text with a token, such
    as Llama's `<s>`, the template writes it, with a space behind it where the tokenizer would else read the first
    word as the rest of another.

    Args:
        tokenizer: of the model.

    Example:
        >>> served_chat_template(tokenizer)[:17]  # doctest: +SKIP
        '{{- bos_token -}}'
    """
    eos_token = tokenizer.eos_token or EOS_TOKEN
    trained = prompt_tokens(tokenizer, render(_CHAT, eos_token=eos_token)).input_ids
    for opening in ("", "{{- bos_token -}}", "{{- bos_token + ' ' -}}"):
        template = opening + chat_template()
        chat: Any = [asdict(message) for message in _CHAT]
        served: Any = tokenizer.apply_chat_template(chat, chat_template=template, eos_token=eos_token)
        if served["input_ids"] == trained:
            return template
    logger.warning(
        "%s: no chat template opens a prompt with the tokens that are trained; a server that is given messages will "
        "read others at its beginning. The pipeline is not concerned.",
        tokenizer.name_or_path,
    )
    return chat_template()


def generate_as_trained(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Have plain generation with a model end at the end token of its tokenizer, and take the likeliest token.

    A base model may stop elsewhere than where the trained answers end, and may ask for sampling. End tokens that it
    names besides stay, and so does a bias of single tokens.

    Args:
        model: whose `config` and `generation_config` are changed.
        tokenizer: that the model was trained with.
    """
    align_special_tokens(model, tokenizer)
    settings: Any = model.generation_config
    settings.do_sample = False
    for name in _SAMPLING:
        setattr(settings, name, None)
