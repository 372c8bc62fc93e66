"""Tiny random models with real tokenizers, trained on a few lines, and passages to train them on."""

import string
from functools import cache
from pathlib import Path
from typing import Any

import datasets
import torch
import yaml
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertLMHeadModel, BertModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from uniner_hf.builders.ner_benchmark import PASSAGE_FEATURES
from uniner_hf.conversations import question, render_prompt
from uniner_hf.training.config import UniNERConfig

STD = 0.08  # of the weights: with the usual 0.02 a wrong position hardly shows in the logits
SENTENCES = {
    "Barack Obama met Angela Merkel in Berlin .": {
        "person": ["Barack Obama", "Angela Merkel"],
        "location": ["Berlin"],
    },
    "Google opened an office in Zurich .": {"organization": ["Google"], "location": ["Zurich"]},
    "Marie Curie won the Nobel Prize .": {"person": ["Marie Curie"], "award": ["Nobel Prize"]},
    "It rained all day in São Paulo .": {"location": ["São Paulo"]},
    "Ada Lovelace and Ada Yonath never met .": {"person": ["Ada Lovelace", "Ada Yonath"]},
    "Nothing happened .": {},
}
_CORPUS = [*SENTENCES, *SENTENCES, *(render_prompt(text, "person") for text in SENTENCES), question('["", "[]')]


def passages(repeat: int = 1) -> datasets.Dataset:
    """Return the sentences as rows of passages."""
    rows = []
    for number, (text, typed) in enumerate(list(SENTENCES.items()) * repeat):
        spans = [(kind, mention, text.index(mention)) for kind, mentions in typed.items() for mention in mentions]
        entities = [{"type": k, "text": m, "start": start, "end": start + len(m)} for k, m, start in spans]
        rows.append({"id": f"tiny/train/{number}", "text": text, "entities": entities})
    return datasets.Dataset.from_list(rows, features=PASSAGE_FEATURES)


def settings(folder: Path, **given: Any) -> UniNERConfig:
    """Return settings for a few steps on a CPU in float32."""
    quick = {"use_cpu": True, "bf16": False, "max_length": 256, "learning_rate": 1e-2, "save_strategy": "no"}
    quick |= {"activation_checkpointing": False, "disable_tqdm": True, "per_device_train_batch_size": 3}
    return UniNERConfig(str(folder), **{**quick, **given})


def wordpiece_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer as BERT's: uncased word pieces, `[CLS]` and `[SEP]` around each text."""
    named = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = Tokenizer.from_str(_wordpiece())
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, mask_token="[MASK]", **named)


def llama_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer as Llama's: byte-pair pieces that hold the space before a word, `<s>` first, no padding."""
    named = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(_byte_pairs()), model_max_length=256, **named)


@cache
def _wordpiece() -> str:
    """The words of the corpus are whole pieces, but for one; anything else is spelt in characters."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    words = {word for text in _CORPUS for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))}
    words = words - {"lovelace"} | {"love", "##lace"}
    characters = {character for character in string.printable.lower() if not character.isspace()}
    special = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*special, *sorted(words | characters | {f"##{character}" for character in characters})]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, splitter, decoders.WordPiece()
    ends = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return str(tokenizer.to_str())


@cache
def _byte_pairs() -> str:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=["<unk>", "<s>", "</s>", *bytes_])
    tokenizer.train_from_iterator(_CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return str(tokenizer.to_str())


def bert_decoder(vocabulary: int, **config: Any) -> BertLMHeadModel:
    """Return a random BERT that reads left to right."""
    torch.manual_seed(0)
    return BertLMHeadModel(_bert_config(vocabulary, is_decoder=True, **config)).eval()


def save_bert_encoder(folder: Path) -> None:
    """Save a random BERT encoder with its tokenizer."""
    tokenizer = wordpiece_tokenizer()
    torch.manual_seed(0)
    BertModel(_bert_config(len(tokenizer))).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def llama(vocabulary: int, hidden_size: int = 32) -> LlamaForCausalLM:
    """Return a random Llama."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden_size,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * hidden_size,
        max_position_embeddings=256,
        initializer_range=STD,
        bos_token_id=1,
        eos_token_id=2,
    )
    return LlamaForCausalLM(config).eval()


def _bert_config(vocabulary: int, **config: Any) -> BertConfig:
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
        initializer_range=STD,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        **config,
    )


def write_columns(path: Path, *sentences: str) -> None:
    """Write sentences such as `"Ada|person left ."` in the layout of CrossNER's files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for sentence in sentences:
        for word in sentence.split():
            token, _, label = word.partition("|")
            lines.append(f"{token}\t{'B-' + label if label else 'O'}")
        lines.append("")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_recipe(folder: Path, raw: Path, **more: Any) -> Path:
    """Write a recipe that takes two steps on the excerpts."""
    recipe = {
        "model": str(folder / "base"),
        "data_dir": str(raw),
        "output_dir": str(folder / "out"),
        "sets": {"crossner_ai": {"splits": ["train", "validation"], "pattern_types": ["date"]}},
        "unseen": ["crossner_ai/test"],
        "max_steps": 2,
        "max_length": 256,
        "per_device_train_batch_size": 2,
        "save_steps": 1,
        "use_cpu": True,
        "bf16": False,
        "activation_checkpointing": False,
        "disable_tqdm": True,
    }
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump({**recipe, **more}), encoding="utf-8")
    return path
