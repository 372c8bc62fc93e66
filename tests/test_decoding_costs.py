"""What the packed engine costs, in tokens, operations and memory: counted, so the same on every machine."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from decoding import counted, engine  # noqa: E402
from scripted import copied_cache, least_flops, least_tokens, random_llama, scripted_passages  # noqa: E402


@pytest.fixture(scope="module")
def model() -> Any:
    return random_llama(hidden=512, layers=8, heads=8, key_heads=8)


@pytest.mark.slow
@pytest.mark.parametrize(("types", "most_cache"), [(20, 0.2), (50, 0.1)])
def test_a_passage_of_240_tokens_costs_little_more_than_it_must(model, types, most_cache) -> None:
    passages = scripted_passages(4, 240, types, model.config.vocab_size)
    costs, flops = counted(model, lambda: engine(model, passages, "packed"))
    longest = max(len(script) for one in passages for script in one.rules.scripts)  # type: ignore[attr-defined]
    stretches = 1 if types == 20 else 2
    assert costs.passes <= 1 + stretches + longest
    assert costs.cache <= most_cache * copied_cache(model, passages)
    if types == 20:
        assert costs.tokens <= 1.15 * least_tokens(passages)
        assert flops <= 1.25 * least_flops(model, passages)


@pytest.mark.slow
def test_one_prompt_for_each_type_costs_many_times_that(model) -> None:
    """Otherwise the counts above would prove nothing."""
    passages = scripted_passages(1, 240, 20, model.config.vocab_size)
    costs, flops = counted(model, lambda: engine(model, passages, "reference"))
    assert costs.tokens > 8 * least_tokens(passages)
    assert flops > 8 * least_flops(model, passages)
