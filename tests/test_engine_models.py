"""The engines against `generate()`, one prompt at a time, on models of many kinds."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from tiny_models import SENTENCES, STD, llama_tokenizer
from transformers import (
    AutoModelForCausalLM,
    BloomConfig,
    Gemma3TextConfig,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    OPTConfig,
    PretrainedConfig,
    Qwen2Config,
)

from uniner_hf.decoding.answering import begun_answers
from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.engine import ENGINES, answer_passages, choose_engine
from uniner_hf.decoding.free import FreeAnswer

TYPES = ["person", "location", "organization", "a place of any kind", "award", "city", "river", "day", "U.S.", "x"]
TEXTS = [f"{one} {other}" for one in list(SENTENCES)[:5] for other in list(SENTENCES)[:4]]
NEW_TOKENS = 10

SHAPE = {
    "vocab_size": len(llama_tokenizer()),
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "initializer_range": STD,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
WIDE = {**SHAPE, "intermediate_size": 64, "max_position_embeddings": 512}
CONFIGS: dict[str, Callable[[], PretrainedConfig]] = {
    "one key for each head": lambda: LlamaConfig(**WIDE, num_key_value_heads=4),
    "one key for two heads": lambda: LlamaConfig(**WIDE, num_key_value_heads=2),
    "one key for all heads": lambda: LlamaConfig(**WIDE, num_key_value_heads=1),
    "learnt positions": lambda: GPT2Config(**SHAPE, n_positions=512),
    "positions with an offset": lambda: OPTConfig(**SHAPE, ffn_dim=64, word_embed_proj_dim=32, init_std=STD),
    "positions from the mask": lambda: BloomConfig(**{**SHAPE, "initializer_range": 0.5}, n_head=4, n_layer=2),
    "sliding window": lambda: MistralConfig(**WIDE, num_key_value_heads=2, sliding_window=24),
    "no sliding window": lambda: MistralConfig(**WIDE, num_key_value_heads=2, sliding_window=None),
    "window switched off": lambda: Qwen2Config(**WIDE, num_key_value_heads=2, use_sliding_window=False),
    "layers of two kinds": lambda: Gemma3TextConfig(
        **WIDE,
        num_key_value_heads=2,
        head_dim=8,
        sliding_window=24,
        layer_types=["sliding_attention", "full_attention"],
    ),
}
EXPANDED = {"positions from the mask", "sliding window", "layers of two kinds"}


@pytest.fixture(scope="module", params=CONFIGS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def model(kind: str) -> Any:
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(CONFIGS[kind]()).eval()


def generated(model: Any, prompt: list[int], **settings: Any) -> list[int]:
    ids = torch.tensor([prompt])
    output = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=NEW_TOKENS, do_sample=False, **settings
    )
    return output[0, len(prompt) :].tolist()


def test_free_answers_are_those_of_generate_token_by_token(model, kind) -> None:
    tokenizer = llama_tokenizer()
    texts = TEXTS if kind.startswith("one key") else TEXTS[:3]
    asker = Asker(tokenizer, [(name, None) for name in TYPES], grounded=False)
    passages = [asker.ask(text) for text in texts]
    expected = [[generated(model, one.passage + question) for question in one.questions] for one in passages]
    assert len({tuple(answer) for row in expected for answer in row}) > len(texts), "they depend on what was read"
    for engine in {choose_engine(model), "expanded"}:
        answers = begun_answers(passages, NEW_TOKENS, 512)
        with torch.inference_mode():
            ENGINES[engine](model, passages, answers, 0)
        states = [[answer.state for answer in row] for row in answers]
        assert all(isinstance(state, FreeAnswer) for row in states for state in row)
        assert [[state.tokens for state in row] for row in states] == expected, engine


def test_limited_answers_are_those_of_generate_under_the_same_grammar(model, kind) -> None:
    asker = Asker(llama_tokenizer(), [(name, None) for name in TYPES[:5]])
    passages = [asker.ask(text) for text in TEXTS[:2]]
    answers = answer_passages(model, passages, pad_token_id=0, max_new_tokens=NEW_TOKENS, engine=choose_engine(model))
    for passage, found in zip(passages, answers, strict=True):
        for question, mentions in zip(passage.questions, found.mentions, strict=True):
            prompt = passage.passage + question
            state = passage.rules.begin()
            for token in generated(model, prompt, prefix_allowed_tokens_fn=allowed_by(passage, len(prompt))):
                if not state.finished:
                    state.advance(token, dict.fromkeys(state.allowed() or [], 1.0))
            assert [one.span for one in mentions] == [one.span for one in state.mentions]


def allowed_by(passage: Any, prompt: int) -> Callable[[int, torch.Tensor], list[int]]:
    def allowed(_: int, ids: torch.Tensor) -> list[int]:
        state = passage.rules.begin()
        for token in ids[prompt:].tolist():
            if state.finished:
                return [2]
            state.advance(token, dict.fromkeys(state.allowed(), 1.0))
        return [2] if state.finished else state.allowed()

    return allowed


def test_the_engine_is_the_fastest_that_the_model_takes(model, kind, caplog) -> None:
    with caplog.at_level("INFO", logger="uniner_hf"):
        assert choose_engine(model) == ("expanded" if kind in EXPANDED else "packed")
    assert "engine: " in caplog.text
    if kind in EXPANDED:
        with pytest.raises(ValueError, match="engine='packed' can serve, found one that .*; use engine='auto'"):
            choose_engine(model, "packed")
    assert choose_engine(model, "reference") == "reference"


def test_attention_that_takes_no_mask_is_not_given_one() -> None:
    model = AutoModelForCausalLM.from_config(CONFIGS["one key for each head"]())
    model.config._attn_implementation = "flash_attention_2"
    assert choose_engine(model) == "expanded"
