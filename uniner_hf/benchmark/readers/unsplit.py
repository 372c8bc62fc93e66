"""Sets that their authors published in one piece: which of their passages this package calls `test`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from uniner_hf.benchmark.held_out import is_held_out
from uniner_hf.benchmark.readers.raw_passages import RawPassage


def of_split(passages: Iterable[RawPassage], split: str) -> Iterator[RawPassage]:
    """Yield the passages of one split: `"test"` is the held-out tenth, `"train"` the rest.

    Args:
        passages: of the whole set.
        split: `"train"` or `"test"`.
    """
    return (passage for passage in passages if is_held_out(passage.text) is (split == "test"))
