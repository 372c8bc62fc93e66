"""Calibration: a scale that makes scores agree with what is right."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.decoding.scores import Bin, ScoreScale, calibration_error, fit_scale, reliability

PROBABILITIES = st.floats(0, 1)


@given(PROBABILITIES, PROBABILITIES, st.floats(0.05, 20), st.floats(-5, 5))
def test_order_and_range_stay(one, other, temperature, shift) -> None:
    low, high = sorted((one, other))
    scale = ScoreScale(temperature, shift)
    assert 0 <= scale.score(low) <= scale.score(high) <= 1
    assert ScoreScale().score(one) == one


@pytest.mark.parametrize("true", [ScoreScale(0.5), ScoreScale(), ScoreScale(3.0, -1.0), ScoreScale(1.5, 1.0)])
def test_the_scale_of_what_happened_is_found(true) -> None:
    random = Random(7)
    said = [random.random() for _ in range(20_000)]
    right = [random.random() < true.score(one) for one in said]
    fitted = fit_scale(said, right)
    assert fitted.temperature == pytest.approx(true.temperature, rel=0.06)
    assert fitted.shift == pytest.approx(true.shift, abs=0.06)
    assert calibration_error(reliability([fitted.score(one) for one in said], right)) < 0.02
    if true != ScoreScale():
        assert calibration_error(reliability(said, right)) > 0.05


def test_scores_that_part_right_from_wrong_have_a_finite_scale() -> None:
    scale = fit_scale([0.9, 0.8, 0.2, 0.1], [True, True, False, False])
    assert 0 < scale.temperature < 1 and scale.score(0.8) > 0.9


def test_bins_hold_each_entity_once() -> None:
    bins = reliability([0.0, 0.05, 0.1, 1.0], [True, False, True, True])
    assert bins == [Bin(0.0, 0.1, 2, 0.025, 0.5), Bin(0.1, 0.2, 1, 0.1, 1.0), Bin(0.9, 1.0, 1, 1.0, 1.0)]
    assert calibration_error(bins) == pytest.approx((2 * 0.475 + 0.9) / 4)
    assert calibration_error([]) == 0.0


def test_what_cannot_be_fitted_is_told() -> None:
    with pytest.raises(ValueError, match="Expected entities to fit a scale to, found none"):
        fit_scale([], [])
    with pytest.raises(ValueError, match="found that they are not; there is nothing to calibrate"):
        fit_scale([0.9, 0.8, 0.2, 0.1, 0.5, 0.5], [False, False, True, True, True, False])
    with pytest.raises(ValueError, match="Expected a temperature above 0, found 0"):
        ScoreScale(0)
