"""Entity types that a passage does not have, to be asked and answered with an empty list (paper, section 4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate
from random import Random
from typing import Literal

NegativeSampling = Literal["frequency", "uniform", "none"]

VAIN_DRAWS = 20  # for each type asked for, before all types are gone through instead


def sample_negative_types(
    candidates: Sequence[str],
    present: Collection[str],
    count: int,
    frequencies: Counter[str],
    sampling: NegativeSampling,
    rng: Random,
    power: float = 1.0,
) -> list[str]:
    """Draw types that a passage lacks, without replacement.

    Args:
        candidates: the types that may be asked of the passage.
        present: the types that it has.
        count: how many to draw; fewer are drawn when there are fewer candidates.
        frequencies: mentions of each type in the whole training set; one that is never mentioned is never drawn, since
            a type that occurs only as a negative is learnt as "always empty".
        sampling: `"frequency"` (proportional to `frequencies`, the paper's best), `"uniform"` or `"none"`.
        rng: source of randomness.
        power: to which the frequencies are raised, default 1 as in the paper; less asks rare types more often.

    Returns:
        The types drawn, in the order of the draw.

    Example:
        >>> sample_negative_types(["city", "river"], {"city"}, 3, Counter(river=5, city=9), "frequency", Random(0))
        ['river']
    """
    absent = [name for name in dict.fromkeys(candidates) if name not in present and frequencies[name] > 0]
    if sampling == "none":
        return []
    if sampling == "uniform":
        return rng.sample(absent, min(count, len(absent)))
    # Efraimidis and Spirakis (2006): the largest u^(1/w) are a weighted sample without replacement.
    keys = {name: rng.random() ** (1.0 / frequencies[name] ** power) for name in absent}
    return sorted(absent, key=keys.__getitem__, reverse=True)[:count]


class TypePool:
    """Draws types that a passage lacks from all types of a set, with the chances of `sample_negative_types`.

    A distilled set has some thirteen thousand types: a draw that looks at each costs more than the rest of an example.

    Args:
        frequencies: mentions of each type in the whole training set.
        sampling: `"frequency"`, `"uniform"` or `"none"`.
        power: to which the frequencies are raised.

    Example:
        >>> TypePool(Counter(river=5, city=9), "frequency").draw({"city"}, 3, Random(0))
        ['river']
    """

    def __init__(self, frequencies: Counter[str], sampling: NegativeSampling, power: float = 1.0) -> None:
        self.frequencies, self.sampling, self.power = frequencies, sampling, power
        self._names = [name for name, count in frequencies.items() if count > 0]
        exponent = power if sampling == "frequency" else 0.0
        self._cumulative = list(accumulate(frequencies[name] ** exponent for name in self._names))

    def draw(self, present: Collection[str], count: int, rng: Random) -> list[str]:
        """Draw types without replacement.

        Args:
            present: the types that the passage has.
            count: how many to draw; fewer are drawn when there are fewer.
            rng: source of randomness.
        """
        if self.sampling == "none" or not self._names:
            return []
        drawn: dict[str, None] = {}
        for name in rng.choices(self._names, cum_weights=self._cumulative, k=VAIN_DRAWS * count):
            if len(drawn) == count:
                break
            if name not in present:
                drawn[name] = None
        # Few types are left, or rare ones: go on with a draw that looks at each.
        left, asked = count - len(drawn), {*present, *drawn}
        rest = sample_negative_types(self._names, asked, left, self.frequencies, self.sampling, rng, self.power)
        return [*drawn, *rest]
