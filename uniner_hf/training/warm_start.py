"""A small decoder that starts from a sentence encoder, with a tokenizer to which the template costs few tokens."""

from __future__ import annotations

import json
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertLMHeadModel,
    PretrainedConfig,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from uniner_hf.conversations import EOS_TOKEN, READ_MESSAGE, SYSTEM_MESSAGE, chat_template

# Each fixed piece of the template and of a JSON list is one token: a question costs six tokens beyond the type.
# The rendered string stays what it is: the pieces are only tokenised otherwise.
TEMPLATE_PIECES = (
    f"{SYSTEM_MESSAGE} USER: Text:",
    f"ASSISTANT: {READ_MESSAGE}",
    "USER: What describes",
    "in the text? ASSISTANT:",
    '["',
    '", "',
    '"]',
    "[]",
)
_OPENING, _READ = TEMPLATE_PIECES[:2]


def decoder_from_encoder(source: str) -> tuple[BertLMHeadModel, PreTrainedTokenizerFast]:
    """Turn a BERT encoder into a causal language model that reads passages in both directions.

    Embeddings and layers are the encoder's. The head is tied to the embeddings, and its transform starts as the
    identity. Pieces of the template start at the mean of their word pieces.

    Args:
        source: a Hub id or folder of a BERT encoder, such as `"sentence-transformers/all-MiniLM-L6-v2"`.

    Returns:
        The model and its tokenizer.

    Raises:
        ValueError: the encoder is not a BERT.

    Example:
        >>> model, tokenizer = decoder_from_encoder("sentence-transformers/all-MiniLM-L6-v2")  # doctest: +SKIP
        >>> len(tokenizer)  # doctest: +SKIP
        29534
    """
    old_tokenizer: Any = AutoTokenizer.from_pretrained(source)
    encoder: Any = AutoModel.from_pretrained(source, dtype=torch.float32)
    if encoder.config.model_type != "bert":
        kind = encoder.config.model_type
        raise ValueError(f"Expected a BERT encoder at {source}, found {kind}; leave warm_start out.")
    tokenizer = template_tokenizer(old_tokenizer)
    tokenizer.model_max_length = encoder.config.max_position_embeddings
    model = BertLMHeadModel(decoder_config(encoder.config, tokenizer))
    _copy_weights(model, encoder, tokenizer, old_tokenizer)
    return model, tokenizer


def decoder_config(encoder: PretrainedConfig, tokenizer: PreTrainedTokenizerBase) -> BertConfig:
    """Return the shape of the decoder that an encoder becomes.

    Args:
        encoder: shape of the encoder.
        tokenizer: of the decoder, from `template_tokenizer`.
    """
    return BertConfig(
        **{
            **encoder.to_dict(),
            "architectures": ["BertLMHeadModel"],
            "is_decoder": True,
            "vocab_size": len(tokenizer),
            "type_vocab_size": 3,  # lower case, capitalised, all capitals
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "bos_token_id": None,
            "bidirectional_passage": True,
            "letter_case_types": True,
        }
    )


def template_tokenizer(encoder_tokenizer: PreTrainedTokenizerFast) -> PreTrainedTokenizerFast:
    """Return the encoder's tokenizer with the pieces of the template as tokens and without what it no longer needs.

    `[CLS]`, `[SEP]`, `[MASK]` and the unused places go; nothing is added before or after a text.
    """
    state = json.loads(encoder_tokenizer.backend_tokenizer.to_str())
    dropped = {"[CLS]", "[SEP]", "[MASK]"}
    pieces = [
        piece
        for piece, _ in sorted(state["model"]["vocab"].items(), key=lambda item: item[1])
        if piece not in dropped and not piece.startswith("[unused")
    ]
    state["model"]["vocab"] = {piece: index for index, piece in enumerate(pieces)}
    state |= {"added_tokens": [], "post_processor": None, "truncation": None, "padding": None}
    backend = Tokenizer.from_str(json.dumps(state))
    backend.add_special_tokens(["[PAD]", "[UNK]", AddedToken(EOS_TOKEN, normalized=False)])
    backend.add_tokens([AddedToken(piece, normalized=False) for piece in TEMPLATE_PIECES])
    backend.decoder = decoders.Sequence(
        [
            decoders.WordPiece(),
            decoders.Fuse(),
            decoders.Replace('[" ', '["'),
            decoders.Replace(' "]', '"]'),
            decoders.Replace(' ", " ', '", "'),
        ]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token=EOS_TOKEN, pad_token="[PAD]", unk_token="[UNK]"
    )
    tokenizer.chat_template = chat_template()
    return tokenizer


@torch.no_grad()
def _copy_weights(
    model: BertLMHeadModel,
    encoder: Any,
    tokenizer: PreTrainedTokenizerFast,
    old_tokenizer: PreTrainedTokenizerFast,
) -> None:
    old, new = encoder.embeddings, model.bert.embeddings
    new.word_embeddings.weight.copy_(_word_embeddings(old.word_embeddings.weight, tokenizer, old_tokenizer))
    new.position_embeddings.weight.copy_(old.position_embeddings.weight)
    new.token_type_embeddings.weight.copy_(old.token_type_embeddings.weight[:1].expand(3, -1))
    new.LayerNorm.load_state_dict(old.LayerNorm.state_dict())
    model.bert.encoder.load_state_dict(encoder.encoder.state_dict())
    head = model.cls.predictions
    head.transform.dense.weight.copy_(torch.eye(model.config.hidden_size))
    head.transform.dense.bias.zero_()
    head.bias.zero_()
    model.tie_weights()


def _word_embeddings(
    old: torch.Tensor, tokenizer: PreTrainedTokenizerFast, old_tokenizer: PreTrainedTokenizerFast
) -> torch.Tensor:
    old_vocabulary = old_tokenizer.get_vocab()
    # What opens and closes a text in the encoder opens and closes the passage here.
    standing_in = {_OPENING: "[CLS]", _READ: "[SEP]", EOS_TOKEN: "[SEP]"}
    rows = []
    for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        token = standing_in.get(token, token)
        if token in old_vocabulary:
            rows.append(old[old_vocabulary[token]])
        else:
            rows.append(old[old_tokenizer(token, add_special_tokens=False).input_ids].mean(dim=0))
    return torch.stack(rows)
