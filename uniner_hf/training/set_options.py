"""How a data set enters the mixture of a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.training.pattern_types import PatternTypes
from uniner_hf.training.recipe_values import checked_values


@dataclass(frozen=True, slots=True)
class SetOptions:
    """How a data set enters the mixture.

    Args:
        splits: its splits, such as `["train", "validation"]`.
        share_of_empty: share of the passages without entities that is kept, from 0 to 1, default all.
        max_passages: how many of the passages that are left are drawn at most, at random; default all.
        weight: how often the set is drawn relative to its size: with 0.5 half of its passages come in an epoch, with
            2.5 each comes twice and half of them a third time; default 1.
        hold_out: leave out the tenth that evaluation uses (`uniner_hf.benchmark.held_out`), default no.
        named_only: leave out mentions without a capital letter, in a set that also annotates common nouns; default no.
        left_out_types: types of the set that are not asked and whose mentions do not count, default none.
        foreign_types: types that the set does not annotate because its passages have none of them; they serve as
            further negatives. Default none.
        pattern_types: types found by patterns (`uniner_hf.training.pattern_types`) that are asked as well, default
            none.
        unions: broader types, `{type: [its parts]}`, asked where a passage has a mention of a part and never as
            negatives, since a set that annotates some kinds of a type cannot tell where it is absent; default none.
        narrower: types that the set does not annotate but that are kinds of one that it does, `{type: [its kinds]}`;
            they serve as negatives where a passage has no mention of that type. Default none.
    """

    splits: Sequence[str]
    share_of_empty: float = 1.0
    max_passages: int | None = None
    weight: float = 1.0
    hold_out: bool = False
    named_only: bool = False
    left_out_types: Sequence[str] = ()
    foreign_types: Sequence[str] = ()
    pattern_types: Sequence[str] = ()
    unions: Mapping[str, list[str]] = field(default_factory=dict)
    narrower: Mapping[str, list[str]] = field(default_factory=dict)


def read_options(name: str, given: Mapping[str, Any], groups: Mapping[str, list[str]]) -> SetOptions:
    """Return the options that a recipe gives a data set, the names of groups replaced by their types.

    Raises:
        ValueError: the set, a split, an option or a type with a pattern does not exist.

    Example:
        >>> read_options("wnut17", {"splits": ["train"], "foreign_types": ["code", "gene"]}, {"code": ["class"]})
        SetOptions(splits=['train'], ..., foreign_types=['class', 'gene'], pattern_types=[], unions={}, narrower={})
    """
    if not isinstance(given, Mapping) or "splits" not in given:
        raise ValueError(
            f"Expected for the set {name} its splits, such as splits: [train], found {given!r}; add them."
        )
    given = checked_values(
        {key: value for key, value in given.items() if value is not None}, (SetOptions,), f"the set {name}"
    )
    _check_numbers(name, given)
    missing = [split for split in given["splits"] if split not in find_row(name).files]
    if missing or not given["splits"]:
        raise ValueError(
            f"Expected the splits of {name} to be of {', '.join(find_row(name).files)}; found {given['splits']}."
        )
    foreign, patterns = (
        [one for entry in given.get(key, ()) for one in groups.get(entry, [entry])]
        for key in ("foreign_types", "pattern_types")
    )
    PatternTypes(patterns)
    annotated = {one for split in given["splits"] for one in find_row(name).entity_types(split)}
    for key in ("narrower", "left_out_types"):
        if unknown := sorted(set(given.get(key, ())) - annotated):
            raise ValueError(f"Expected {key} to name types of {name}, of {sorted(annotated)}; found {unknown}.")
    return SetOptions(**{**given, "foreign_types": foreign, "pattern_types": patterns})


def _check_numbers(name: str, given: Mapping[str, Any]) -> None:
    if not 0.0 <= given.get("share_of_empty", 1.0) <= 1.0:
        raise ValueError(f"Expected share_of_empty of {name} from 0 to 1, found {given['share_of_empty']!r}.")
    check_size(name, "max_passages", given.get("max_passages"), given.get("weight", 1.0))


def check_size(name: str, key: str, most: int | None, weight: float) -> None:
    """Raise ValueError unless a source gives at least a row: `most` is the value of its option `key`."""
    if most is not None and most < 1:
        raise ValueError(f"Expected {key} of {name} to be at least 1, found {most!r}; remove the source instead.")
    if not 0.0 < weight < float("inf"):
        raise ValueError(f"Expected weight of {name} above 0, found {weight!r}; remove the source instead.")
