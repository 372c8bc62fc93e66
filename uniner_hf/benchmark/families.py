"""Which rows of the catalogue are the same data: a model that has seen one knows the others."""

from __future__ import annotations

from collections.abc import Iterable

from uniner_hf.benchmark.catalog import find_set


def is_kin(name: str, others: Iterable[str]) -> bool:
    """Tell whether a row belongs to the set of one of the others, or to one that is the same repository of the Hub.

    Args:
        name: of a row.
        others: names of rows.

    Example:
        >>> is_kin("crossner_ai", ["ncbi", "crossner_politics"]), is_kin("crossner_ai", ["ncbi"])
        (True, False)
    """
    own = _families(name)
    return any(own & _families(other) for other in others)


def _families(name: str) -> set[str]:
    its_set = find_set(name)
    return {its_set.name, its_set.hub} - {""}
