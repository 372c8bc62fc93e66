"""What a model's generation settings add to the logits of single tokens, as `generate()` adds it.

A model that answers about types which the text lacks, or leaves out ones that it has, is moved by the logit of the
token that writes `[]`, with no change to its weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import GenerationConfig


def token_biases(settings: GenerationConfig) -> dict[int, float]:
    """Return what is added to the logit of each token that `sequence_bias` names.

    Args:
        settings: of a model; `sequence_bias` is a dict or, as JSON has it, a list of pairs.

    Raises:
        ValueError: if a bias depends on more than one token.

    Example:
        >>> from transformers import GenerationConfig
        >>> token_biases(GenerationConfig(sequence_bias=[[[7], 0.5]]))
        {7: 0.5}
    """
    given = settings.sequence_bias or {}
    biases = {tuple(tokens): bias for tokens, bias in (given.items() if isinstance(given, dict) else given)}
    for tokens in biases:
        if len(tokens) != 1:
            raise ValueError(
                f"Expected each sequence_bias of the model's generation settings to be of one token, found {tokens}; "
                "keep those of single tokens."
            )
    return {token: bias for (token,), bias in biases.items()}
