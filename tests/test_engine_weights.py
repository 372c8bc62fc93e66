"""Models whose weights are packed, adapted or short: the engines say the same as one prompt at a time."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from tiny_models import SENTENCES, STD, llama_tokenizer
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM, pipeline

from uniner_hf.decoding.answering import Answers
from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.engine import answer_passages, choose_engine

TYPES = ["person", "location", "award"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, tokenizer = tmp_path_factory.mktemp("llama"), llama_tokenizer()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=128, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128,
        max_position_embeddings=512, initializer_range=STD, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def answers(model: Any, engine: str, **asked: Any) -> list[Answers]:
    asker = Asker(llama_tokenizer(), [(name, None) for name in TYPES], **asked)
    passages = [asker.ask(text) for text in list(SENTENCES)[:4]]
    return answer_passages(model, passages, pad_token_id=0, max_new_tokens=12, engine=engine)


def spans(found: list[Answers]) -> list[Any]:
    return [[[one.span for one in mentions] for mentions in answer.mentions] for answer in found]


def test_weights_of_four_bits(checkpoint: Path) -> None:
    settings = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.float32)
    model: Any = AutoModelForCausalLM.from_pretrained(
        checkpoint, quantization_config=settings, dtype=torch.float32, device_map={"": "cpu"}
    )
    assert type(model.model.layers[0].mlp.up_proj).__name__ == "Linear4bit"
    assert choose_engine(model) == "packed"
    expected = answers(model, "reference")
    assert spans(answers(model, "packed")) == spans(answers(model, "expanded")) == spans(expected)
    whole: Any = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    probabilities = [one.probability for found in expected for row in found.mentions for one in row]
    others = [one.probability for found in answers(whole, "reference") for row in found.mentions for one in row]
    assert probabilities != others, "they were packed"


def test_adapters(checkpoint: Path) -> None:
    base: Any = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    before = spans(answers(base, "reference", grounded=True))
    model: Any = get_peft_model(base, LoraConfig(target_modules=["q_proj", "v_proj", "up_proj"], r=4))
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    model.eval()
    assert choose_engine(model) == "packed"
    expected = spans(answers(model, "reference"))
    assert spans(answers(model, "packed")) == spans(answers(model, "expanded")) == expected != before


@pytest.mark.parametrize("engine", ["packed", "expanded", "reference"])
def test_half_precision(checkpoint: Path, engine: str) -> None:
    ner: Any = pipeline("universal-ner", model=str(checkpoint), dtype=torch.bfloat16, device_map="cpu")
    assert ner.model.dtype == torch.bfloat16
    texts = list(SENTENCES)
    found = ner(texts, entity_types=TYPES, engine=engine, max_new_tokens=40)
    assert any(found)
    for text, entities in zip(texts, found, strict=True):
        assert all(text[one["start"] : one["end"]] == one["word"] for one in entities)
