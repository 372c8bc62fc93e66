"""In which order an epoch goes through the documents."""

from pathlib import Path
from typing import Any

import pytest
from tiny_models import llama_tokenizer, passages, settings

from uniner_hf.training.dataset import ConversationDataset
from uniner_hf.training.order import EpochSampler, PackedSampler


def dataset(tmp_path: Path, **given: Any) -> ConversationDataset:
    return ConversationDataset(passages(4), llama_tokenizer(), settings(tmp_path, **given))


@pytest.mark.parametrize("strategy", ["random", "sequential", "group_by_length"])
def test_each_document_once_in_the_numbers_of_its_epoch(strategy: str, tmp_path: Path) -> None:
    made = dataset(tmp_path, train_sampling_strategy=strategy)
    sampler = EpochSampler(made, made.args, 4)
    orders = []
    for epoch in range(3):
        sampler.epoch = epoch
        assert list(sampler) == list(sampler)
        assert sorted(sampler) == list(range(24 * epoch, 24 * epoch + 24))
        orders.append([number % 24 for number in sampler])
    assert (orders[0] == orders[1]) == (strategy == "sequential")


def test_groups_are_of_similar_lengths(tmp_path: Path) -> None:
    made = ConversationDataset(passages(40), llama_tokenizer(), settings(tmp_path))
    usual = made.documents.usual_lengths
    spreads = {}
    for strategy in ("random", "group_by_length"):
        order = list(EpochSampler(made, settings(tmp_path, train_sampling_strategy=strategy), 4))
        groups = [usual[order[start : start + 4]] for start in range(0, len(order), 4)]
        spreads[strategy] = sum(max(group) - min(group) for group in groups)
    assert spreads["group_by_length"] < spreads["random"] / 3


def test_the_seed_changes_the_order_and_data_seed_takes_its_place(tmp_path: Path) -> None:
    orders = []
    for given in ({"seed": 1}, {"seed": 2}, {"seed": 2, "data_seed": 1}):
        made = dataset(tmp_path, **given)
        orders.append(list(EpochSampler(made, made.args, 4)))
    assert orders[0] == orders[2] != orders[1]


def test_packed_rows_are_as_many_in_each_epoch(tmp_path: Path) -> None:
    made = dataset(tmp_path, packing=True)
    sampler = PackedSampler(made, made.args)
    for epoch in range(3):
        sampler.epoch = epoch
        rows = list(sampler)
        assert len(rows) == len(sampler) < 24
        assert sorted(number for row in rows for number in row) == list(range(24 * epoch, 24 * epoch + 24))
        assert all(len(made[row]["input_ids"]) <= 256 + 8 for row in rows)
