"""Whether documents of one row see each other is found out on the model itself."""

import pytest
import torch
from tiny_models import bert_decoder, llama
from transformers import MambaConfig, MambaForCausalLM

from uniner_hf.training.isolation import check_question_mask, document_isolation


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_llama_sees_from_positions_what_bert_must_be_told_by_a_mask(attention: str) -> None:
    for model, expected in ((llama(300), "positions"), (bert_decoder(300), "mask")):
        model.set_attn_implementation(attention)
        assert document_isolation(model.train()) == expected
        assert model.training
        check_question_mask(model)


def test_models_with_a_vocabulary_smaller_than_what_is_tried() -> None:
    assert document_isolation(llama(9)) == "positions"


def test_a_recurrent_model_keeps_nothing_apart() -> None:
    torch.manual_seed(0)
    mamba = MambaForCausalLM(MambaConfig(vocab_size=300, hidden_size=32, num_hidden_layers=2, initializer_range=0.08))
    with pytest.raises(ValueError, match="keeps documents of one row apart for packing, found that MambaForCausalLM"):
        document_isolation(mamba)
    with pytest.raises(ValueError, match="hides questions from each other for question_attention='independent'"):
        check_question_mask(mamba)


def test_a_model_without_its_weights_cannot_be_tried() -> None:
    with torch.device("meta"):
        model = llama(300)
    with pytest.raises(ValueError, match="a model with its weights, .*; set fsdp_cpu_ram_efficient_loading to false"):
        document_isolation(model)
