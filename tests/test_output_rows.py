"""Output embeddings cut to some rows: the same logits, and where they cannot be cut."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_checkpoints import save_bert, save_llama
from torch import nn
from transformers import AutoModelForCausalLM

from uniner_hf.decoding.output_rows import call_with_rows, can_be_cut


@pytest.mark.parametrize("save", [save_bert, save_llama])
def test_logits_are_those_of_the_whole_model(save, tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(save(tmp_path), dtype=torch.float32).eval()
    inputs = {"input_ids": torch.tensor([[1, 5, 9, 7]])}
    tokens = torch.tensor([7, 3, 12])
    with torch.no_grad():
        whole, cut = model(**inputs).logits, call_with_rows(model, tokens, inputs).logits
        assert torch.allclose(cut, whole[..., tokens], atol=1e-5)
        assert torch.equal(model(**inputs).logits, whole), "the model itself is as it was"


class Speaker(nn.Module):
    def __init__(self, output: nn.Module) -> None:
        super().__init__()
        self.output = output

    def get_output_embeddings(self) -> nn.Module:
        return self.output


class Packed(nn.Linear):
    """As quantised layers are."""


def test_what_can_be_cut() -> None:
    assert can_be_cut(Speaker(nn.Linear(2, 3)))
    assert not can_be_cut(Speaker(Packed(2, 3)))
    assert not can_be_cut(Speaker(nn.Linear(2, 3, device="meta")))
    hooked = nn.Linear(2, 3)
    hooked._hf_hook = object()
    assert not can_be_cut(Speaker(hooked))
