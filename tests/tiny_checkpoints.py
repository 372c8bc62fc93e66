"""Checkpoints of tiny random models that a pipeline can load, and their tokenizers."""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sentencepiece
import torch
from tiny_models import SENTENCES, llama, llama_tokenizer, save_bert_encoder, wordpiece_tokenizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from uniner_hf.conversations import render_prompt
from uniner_hf.training.warm_start import decoder_from_encoder, template_tokenizer

ANSWERS = ['ASSISTANT: ["Ada", "Yahoo!"]</s>', 'ASSISTANT: ["Yahoo!", "U.S."]</s>', "ASSISTANT: []</s>"]
CORPUS = [*SENTENCES, *(render_prompt(text, "person") for text in SENTENCES), *ANSWERS * 9]


def template_wordpiece() -> PreTrainedTokenizerFast:
    """Return a tokenizer as the bundled model's: word pieces, and each mark of a list a token."""
    return template_tokenizer(wordpiece_tokenizer())


def byte_level() -> PreTrainedTokenizerFast:
    """Return a tokenizer as GPT-2's or Llama 3's: it joins punctuation, so `!"]` may be one token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>")


def sentencepiece_tokenizer() -> LlamaTokenizer:
    """Return the tokenizer of the published checkpoints' time from a `tokenizer.model`."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "tokenizer.model").write_bytes(sentencepiece_model())
        return LlamaTokenizer.from_pretrained(folder, legacy=True)


def save_bert(folder: Path) -> Path:
    """Save a decoder made from a random encoder, as the bundled model is made, but with nothing at zero."""
    save_bert_encoder(folder / "encoder")
    model, tokenizer = decoder_from_encoder(str(folder / "encoder"))
    _decided(model).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_llama(folder: Path) -> Path:
    """Save a random Llama with a fast tokenizer."""
    tokenizer = llama_tokenizer()
    _decided(llama(len(tokenizer))).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_published(folder: Path, **settings: Any) -> Path:
    """Save a random Llama in the layout of the published checkpoints: shards of `.bin`, and a `tokenizer.model`."""
    (folder / "tokenizer.model").write_bytes(sentencepiece_model())
    model = _decided(llama(420))
    model.config.save_pretrained(folder)
    weights = list(model.state_dict().items())
    shards = {"pytorch_model-00001-of-00002.bin": weights[:7], "pytorch_model-00002-of-00002.bin": weights[7:]}
    for name, shard in shards.items():
        torch.save(dict(shard), folder / name)
    size = sum(weight.numel() * weight.element_size() for _, weight in weights)
    index = {
        "metadata": {"total_size": size},
        "weight_map": {weight: name for name, shard in shards.items() for weight, _ in shard},
    }
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    (folder / "tokenizer_config.json").write_text(json.dumps(_tokenizer_config() | settings))
    return folder


def _decided(model: PreTrainedModel) -> PreTrainedModel:
    """Give a model weights so large that its choices differ from text to text and a wrong position shows."""
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if "norm" not in name.lower():
            torch.nn.init.normal_(parameter, std=0.25)
    return model


def sentencepiece_model() -> bytes:
    """Return a `tokenizer.model` with the settings of Llama's."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS),
        model_writer=written,
        model_type="bpe",
        vocab_size=420,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        minloglevel=2,
    )
    return written.getvalue()


def _tokenizer_config() -> dict[str, Any]:
    special = {"__type": "AddedToken", "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return {
        "add_bos_token": True,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 1024,
        "pad_token": None,
        "padding_side": "right",
        "sp_model_kwargs": {},
        "tokenizer_class": "LlamaTokenizer",
        **{name: {**special, "content": content} for name, content in tokens.items()},
    }
