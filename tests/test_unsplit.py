"""Sets in one piece."""

from __future__ import annotations

from uniner_hf.benchmark.readers.raw_passages import RawPassage
from uniner_hf.benchmark.readers.unsplit import of_split


def test_every_passage_is_in_one_split_and_a_tenth_in_test() -> None:
    passages = [RawPassage(f"Passage number {number}.", []) for number in range(1000)]
    train, test = list(of_split(passages, "train")), list(of_split(passages, "test"))
    assert len(test) == 103
    assert sorted(train + test) == sorted(passages)
