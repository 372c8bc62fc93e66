"""The memory of a training, against the arithmetic done by hand and against real models."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import llama, settings
from transformers import AutoModelForCausalLM, LlamaConfig

from uniner_hf.training.memory import GIB, expected_memory

# LLaMA-7B: https://arxiv.org/abs/2302.13971, Table 2, and its published config.
LLAMA_7B = LlamaConfig(
    vocab_size=32_000, hidden_size=4096, intermediate_size=11_008, num_hidden_layers=32, num_attention_heads=32
)
LAYER = 4 * 4096 * 4096 + 3 * 4096 * 11_008
EMBEDDINGS = 2 * 32_000 * 4096
NORMS = (2 * 32 + 1) * 4096
ADAPTERS = 32 * 16 * (4 * (4096 + 4096) + 3 * (4096 + 11_008))


def expected(folder: Path, method: str, config: Any = LLAMA_7B, **given: Any) -> dict[str, float]:
    args = settings(folder, per_device_train_batch_size=2, max_length=1024, **given)
    whole = sum(parameter.numel() for parameter in shaped(config).parameters())
    return expected_memory(config, args, method=method, trained=whole if method == "full" else ADAPTERS)


def shaped(config: Any) -> Any:
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config)


def test_llama_7b_in_four_bits(tmp_path: Path) -> None:
    found = expected(tmp_path, "qlora", optim="paged_adamw_8bit", activation_checkpointing=True)
    weights = (0.5 + 0.127 / 8) * 32 * LAYER + 2 * (EMBEDDINGS + NORMS) + 4 * ADAPTERS
    assert found["weights"] == pytest.approx(weights / GIB, abs=0.01)
    assert found["gradients"] == pytest.approx(4 * ADAPTERS / GIB, abs=0.01)
    assert found["optimiser"] == pytest.approx(2 * ADAPTERS / GIB, abs=0.01)
    assert found["activations"] == pytest.approx(2 * 1024 * 4096 * (2 * 32 + 34) / GIB, abs=0.01)
    assert found["logits"] == pytest.approx(2 * 4 * 2 * 1024 * 32_000 / GIB, abs=0.01)
    assert found["total"] == pytest.approx(sum(found[name] for name in found if name != "total"), abs=0.05)
    assert 5 < found["total"] < 8, "it fits a GPU of 16 GB"


def test_every_weight_of_llama_7b(tmp_path: Path) -> None:
    found = expected(tmp_path, "full", optim="adamw_torch_fused", activation_checkpointing=False)
    parameters = 32 * LAYER + EMBEDDINGS + NORMS
    assert parameters == 6_738_415_616
    assert found["weights"] == found["gradients"] == pytest.approx(4 * parameters / GIB, abs=0.01)
    assert found["optimiser"] == pytest.approx(8 * parameters / GIB, abs=0.01)
    assert found["activations"] == pytest.approx(34 * 32 * 2 * 1024 * 4096 / GIB, abs=0.01)


def test_weights_are_those_of_the_real_model(tmp_path: Path) -> None:
    model = llama(50_000)
    size = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    assert expected(tmp_path, "full", model.config)["weights"] == pytest.approx(size / GIB, abs=0.01)
