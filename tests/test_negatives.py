"""Negative types: what may be drawn, how often, and that a draw can be repeated."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.distillation.negatives import TypePool, sample_negative_types

FREQUENCIES = Counter({"person": 60, "city": 30, "river": 9, "award": 1})
DRAWS = 20_000


def first_draws(sampling: str, power: float = 1.0) -> Counter[str]:
    rng = Random(5)
    drawn: Counter[str] = Counter()
    for _ in range(DRAWS):
        drawn.update(sample_negative_types(list(FREQUENCIES), (), 1, FREQUENCIES, sampling, rng, power))
    return drawn


def chi_square(drawn: Counter[str], weights: dict[str, float]) -> float:
    expected = {name: DRAWS * weight / sum(weights.values()) for name, weight in weights.items()}
    return sum((drawn[name] - count) ** 2 / count for name, count in expected.items())


# 16.27 is the 99.9th percentile of the chi-square distribution with three degrees of freedom.
@pytest.mark.parametrize(("power", "weights"), [(1.0, dict(FREQUENCIES)), (0.0, dict.fromkeys(FREQUENCIES, 1.0))])
def test_frequency_draws_are_proportional_to_the_powers_of_the_frequencies(power, weights) -> None:
    assert chi_square(first_draws("frequency", power), weights) < 16.27


def test_a_square_root_lies_between() -> None:
    drawn = first_draws("frequency", 0.5)
    assert chi_square(drawn, {name: count**0.5 for name, count in FREQUENCIES.items()}) < 16.27
    assert chi_square(drawn, dict(FREQUENCIES)) > 100


def test_uniform_draws_ignore_frequencies() -> None:
    assert chi_square(first_draws("uniform"), dict.fromkeys(FREQUENCIES, 1.0)) < 16.27


def test_none_draws_nothing() -> None:
    assert sample_negative_types(["person"], (), 5, FREQUENCIES, "none", Random(0)) == []


@given(
    candidates=st.lists(st.sampled_from([*FREQUENCIES, "never"])),
    present=st.sets(st.sampled_from(list(FREQUENCIES))),
    count=st.integers(0, 6),
    sampling=st.sampled_from(["frequency", "uniform"]),
    seed=st.integers(0, 99),
)
def test_draws_are_distinct_absent_and_known(candidates, present, count, sampling, seed) -> None:
    drawn = sample_negative_types(candidates, present, count, FREQUENCIES, sampling, Random(seed))
    possible = set(candidates) - present - {"never"}
    assert len(drawn) == len(set(drawn)) == min(count, len(possible))
    assert set(drawn) <= possible
    assert drawn == sample_negative_types(candidates, present, count, FREQUENCIES, sampling, Random(seed))


@pytest.mark.parametrize("sampling", ["frequency", "uniform"])
@pytest.mark.parametrize("present", [(), ("person",)])
def test_a_pool_draws_with_the_same_chances(sampling: str, present: tuple[str, ...]) -> None:
    pool, rng = TypePool(FREQUENCIES, sampling), Random(6)  # type: ignore[arg-type]
    pairs = Counter(tuple(pool.draw(present, 2, rng)) for _ in range(DRAWS))
    weights = {name: count if sampling == "frequency" else 1 for name, count in FREQUENCIES.items()}
    left = {name: weight for name, weight in weights.items() if name not in present}
    whole = sum(left.values())
    expected = {
        (one, other): DRAWS * left[one] / whole * left[other] / (whole - left[one])
        for one in left
        for other in left
        if one != other
    }
    assert pairs.keys() <= expected.keys()
    # 31.26 is the 99.9th percentile of the chi-square distribution with eleven degrees of freedom.
    assert sum((pairs[pair] - count) ** 2 / count for pair, count in expected.items()) < 31.26


def test_a_pool_gives_what_is_left_however_rare() -> None:
    pool = TypePool(Counter({"person": 10**9, "award": 1, "river": 1}), "frequency")
    assert set(pool.draw({"person"}, 5, Random(0))) == {"award", "river"}
    assert pool.draw({"person", "award", "river"}, 5, Random(0)) == []
    assert TypePool(FREQUENCIES, "none").draw((), 3, Random(0)) == []
    assert TypePool(Counter(), "uniform").draw((), 3, Random(0)) == []
