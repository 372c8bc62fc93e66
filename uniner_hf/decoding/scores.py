"""Scores that mean something: calibrated so that they agree with how often entities are right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, log1p

_LEAST, _MOST = 1e-7, 1 - 1e-7
_STEPS = 30
_RIDGE = 1e-3  # keeps the fit finite where scores part right from wrong without an error


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """How probabilities become scores: their log-odds divided by a temperature, and moved.

    Args:
        temperature: above 0; default 1. Above 1 it draws scores together.
        shift: added to the log-odds, default 0: below 0 where a model answers more often than it is right.

    Raises:
        ValueError: a temperature that is not above 0.
    """

    temperature: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"Expected a temperature above 0, found {self.temperature!r}; calibrate the model again.")

    def score(self, probability: float) -> float:
        """Return the score of a probability; their order stays.

        Example:
            >>> round(ScoreScale(2.0).score(0.9), 2), ScoreScale().score(0.9)
            (0.75, 0.9)
        """
        if (self.temperature, self.shift) == (1.0, 0.0):
            return probability
        return _probability(_log_odds(probability) / self.temperature + self.shift)


@dataclass(frozen=True, slots=True)
class Bin:
    """Entities of like score.

    Args:
        lower: least score.
        upper: highest score.
        count: of the entities.
        score: their mean.
        right: the share of them that is right.
    """

    lower: float
    upper: float
    count: int
    score: float
    right: float


def fit_scale(probabilities: Sequence[float], right: Sequence[bool]) -> ScoreScale:
    """Return the scale under which what was found right or wrong is likeliest.

    Args:
        probabilities: of entities.
        right: whether each is right.

    Raises:
        ValueError: no entity, or probabilities that are no higher where the model is right.

    Source: Platt, Probabilistic Outputs for Support Vector Machines, 1999. With the shift at 0 it is the temperature
        of Guo et al., On Calibration of Modern Neural Networks, ICML 2017, which cannot express a model that is right
        less than half of the time.
    """
    if not probabilities:
        raise ValueError("Expected entities to fit a scale to, found none; give more passages.")
    odds = [_log_odds(one) for one in probabilities]
    slope, shift = 1.0, 0.0
    for _ in range(_STEPS):  # Newton's method with shortened steps: the loss has one valley
        by_slope, by_shift = _newton_step(odds, right, slope, shift)
        length = 1.0
        before = _surprise(odds, right, slope, shift)
        while (
            length > _LEAST and _surprise(odds, right, slope - length * by_slope, shift - length * by_shift) > before
        ):
            length /= 2
        slope, shift = slope - length * by_slope, shift - length * by_shift
    if not slope > 0:
        raise ValueError(
            "Expected probabilities that are higher where the model is right, found that they are not; there is "
            "nothing to calibrate."
        )
    return ScoreScale(1 / slope, shift)


def _surprise(odds: Sequence[float], right: Sequence[bool], slope: float, shift: float) -> float:
    """Return how unlikely what happened is, with a little for a scale that is far from 0."""
    values = [(slope * one + shift) * (-1 if hit else 1) for one, hit in zip(odds, right, strict=True)]
    likely = sum(max(value, 0.0) + log1p(exp(-abs(value))) for value in values)
    return likely + _RIDGE / 2 * (slope * slope + shift * shift)


def _newton_step(odds: Sequence[float], right: Sequence[bool], slope: float, shift: float) -> tuple[float, float]:
    chances = [_probability(slope * one + shift) for one in odds]
    errors = [chance - hit for chance, hit in zip(chances, right, strict=True)]
    weights = [chance * (1 - chance) for chance in chances]
    by_slope = sum(error * one for error, one in zip(errors, odds, strict=True)) + _RIDGE * slope
    by_shift = sum(errors) + _RIDGE * shift
    both = sum(weight * one for weight, one in zip(weights, odds, strict=True))
    twice = sum(weight * one * one for weight, one in zip(weights, odds, strict=True)) + _RIDGE
    once = sum(weights) + _RIDGE
    determinant = twice * once - both * both
    return (once * by_slope - both * by_shift) / determinant, (twice * by_shift - both * by_slope) / determinant


def reliability(scores: Sequence[float], right: Sequence[bool], count: int = 10) -> list[Bin]:
    """Return entities in equally wide bins of scores, without empty ones.

    Example:
        >>> [(one.lower, one.count, one.right) for one in reliability([0.2, 0.9, 0.8], [False, True, False], count=2)]
        [(0.0, 1, 0.0), (0.5, 2, 0.5)]
    """
    return list(_bins(scores, right, count))


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far scores are from the share that is right, on average."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.score - one.right) for one in bins) / total if total else 0.0


def _bins(scores: Sequence[float], right: Sequence[bool], count: int) -> Iterator[Bin]:
    for number in range(count):
        inside = [
            (score, hit)
            for score, hit in zip(scores, right, strict=True)
            if min(int(score * count), count - 1) == number
        ]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            share = sum(hit for _, hit in inside) / len(inside)
            yield Bin(number / count, (number + 1) / count, len(inside), mean, share)


def _log_odds(probability: float) -> float:
    kept = min(max(probability, _LEAST), _MOST)
    return log(kept / (1 - kept))


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds)) if log_odds >= 0 else exp(log_odds) / (1 + exp(log_odds))
