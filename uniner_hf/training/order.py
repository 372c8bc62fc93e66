"""In which order, and in which rows, an epoch goes through the documents of a training set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import torch
from torch.utils.data import Sampler
from transformers.trainer_pt_utils import LengthGroupedSampler

from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.dataset import ConversationDataset
from uniner_hf.training.packing import packed_rows, row_count


class EpochSampler(Sampler[int]):
    """Numbers of the documents of an epoch, which a number tells as well: `epoch * len(dataset) + index`.

    So whoever makes the document, whichever worker or process, needs not be told the epoch. The order depends on seed
    and epoch alone, so that processes agree and a training that goes on has the order that it would have had.

    Args:
        dataset: of the documents.
        args: settings: the seed, and `train_sampling_strategy`: `"random"`, `"sequential"` or `"group_by_length"`.
        group: how many documents one optimiser step takes on one process, for groups of similar lengths.
    """

    def __init__(self, dataset: ConversationDataset, args: UniNERConfig, group: int) -> None:
        self.dataset, self.args, self.group = dataset, args, group
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.dataset)

    def __iter__(self) -> Iterator[int]:
        offset = self.epoch * len(self.dataset)
        return (offset + index for index in self._order())

    def _order(self) -> Sequence[int]:
        if self.args.train_sampling_strategy == "sequential":
            return range(len(self.dataset))
        generator = torch.Generator().manual_seed(_seed(self.args, self.epoch))
        if self.args.train_sampling_strategy == "random":
            order: list[int] = torch.randperm(len(self.dataset), generator=generator).tolist()
            return order
        groups = LengthGroupedSampler(
            self.group, lengths=self.dataset.documents.usual_lengths.tolist(), generator=generator
        )
        indices = list(groups)
        batches = [indices[start : start + self.group] for start in range(0, len(indices), self.group)]
        # The stock sampler orders each fifty batches from long to short.
        return [
            index for batch in torch.randperm(len(batches), generator=generator).tolist() for index in batches[batch]
        ]


class PackedSampler(Sampler[tuple[int, ...]]):
    """Rows of an epoch: the numbers (see `EpochSampler`) of the documents that share one, in random order.

    The number of rows is that of the first epoch and one in a hundred more (`uniner_hf.training.packing`).

    Args:
        dataset: of the documents.
        args: settings: the seed, and `max_length`, the length of a row.
    """

    def __init__(self, dataset: ConversationDataset, args: UniNERConfig) -> None:
        self.dataset, self.args = dataset, args
        self.epoch = 0
        self.capacity = args.max_length or 0
        self.rows = row_count(dataset.lengths(0), self.capacity)

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        rows = packed_rows(self.dataset.lengths(self.epoch), self.capacity, self.rows)
        Random(_seed(self.args, self.epoch)).shuffle(rows)
        offset = self.epoch * len(self.dataset)
        return (tuple(offset + index for index in row) for row in rows)


def _seed(args: UniNERConfig, epoch: int) -> int:
    return Random(f"{args.seed if args.data_seed is None else args.data_seed}/{epoch}/order").getrandbits(62)
