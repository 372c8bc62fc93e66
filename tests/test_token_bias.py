"""Biases as `generate()` reads them, from memory and from a saved file."""

import pytest
from transformers import GenerationConfig

from uniner_hf.decoding.token_bias import token_biases


@pytest.mark.parametrize("given", [{(7,): 0.5, (9,): -1.0}, [[[7], 0.5], [[9], -1.0]]])
def test_dict_and_list_say_the_same(given, tmp_path) -> None:
    GenerationConfig(sequence_bias=[[[7], 0.5], [[9], -1.0]]).save_pretrained(tmp_path)
    assert token_biases(GenerationConfig(sequence_bias=given)) == {7: 0.5, 9: -1.0}
    assert token_biases(GenerationConfig.from_pretrained(tmp_path)) == {7: 0.5, 9: -1.0}


def test_most_models_have_none() -> None:
    assert token_biases(GenerationConfig()) == {}


def test_bias_that_depends_on_the_token_before_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected each sequence_bias .* found \(7, 8\); keep those of single"):
        token_biases(GenerationConfig(sequence_bias=[[[7, 8], 0.5]]))
