"""What packing saves: real tokens in a row of 1024, on the lengths of real conversations.

    python benchmarks/packing.py --data-dir RAW [--tokenizer FOLDER] [--steps N]

Conversations are those that the trainer makes (five drawn types a passage), of a sample of Pile-NER (the development
file of SLIMER's copy, 368 types, RAW/pile_ner_sample) and of two sets of sentences. A step reads eight rows: padded to
1024 tokens, padded to the longest of the eight, the same in groups of similar lengths, or packed. With `--steps N` a
Llama of random weights (hidden size 256, four layers) takes N steps of one row padded to 1024 and of one packed row of
the sample, and the real tokens a second are compared.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from uniner_hf import UniNERConfig, UniNERTrainer, load_benchmark
from uniner_hf.benchmark.readers.columns import ColumnFormat
from uniner_hf.benchmark.readers.raw_passages import SplitFiles
from uniner_hf.training.dataset import ConversationDataset
from uniner_hf.training.order import EpochSampler, PackedSampler

BUNDLED = Path(__file__).parents[1] / "uniner_hf" / "models" / "mini"
LENGTH, BATCH = 1024, 8
PILE = "pile_ner_sample/391xALL_BIO_dev.txt"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tokenizer", default=str(BUNDLED), help="folder or Hub id (default: the bundled model's)")
    parser.add_argument("--steps", type=int, default=0, help="also train for so many steps")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    tokenizer: Any = AutoTokenizer.from_pretrained(arguments.tokenizer)
    sets = {"Pile-NER sample": pile_sample(arguments.data_dir)}
    for name in ("ncbi", "wnut17"):
        sets[name] = load_benchmark(name, split="train", data_dir=arguments.data_dir)
    print(f"Real tokens of a step of {BATCH} rows, as multiples of those of rows padded to {LENGTH}\n")
    print(
        "| set | conversations | mean tokens | to the longest | in groups | packed | rows filled |\n"
        + "|---" * 7
        + "|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in sets.items():
            print(f"| {name} | {' | '.join(fill(rows, tokenizer, folder))} |", flush=True)
        if arguments.steps:
            timed(sets["Pile-NER sample"], tokenizer, arguments.steps, folder)


def pile_sample(data_dir: Path) -> datasets.Dataset:
    """Return the passages of the sample; its labels are entity types in words."""
    files = SplitFiles(data_dir, "train", [data_dir / PILE])
    rows = []
    for number, raw in enumerate(ColumnFormat("\t", 0, [1]).read(files, Counter())):
        entities = [
            {"type": span.label, "text": raw.text[span.start : span.end], "start": span.start, "end": span.end}
            for span in raw.spans
        ]
        rows.append({"id": f"pile/{number}", "text": raw.text, "entities": entities})
    return datasets.Dataset.from_list(rows)


def fill(rows: datasets.Dataset, tokenizer: Any, folder: str) -> Iterator[str]:
    """Yield the figures of a set: a ratio of real tokens for each way to fill a batch."""
    dataset = ConversationDataset(rows, tokenizer, settings(folder, packing=True))
    lengths = dataset.lengths(0)
    mean = sum(lengths) / len(lengths)
    yield f"{len(lengths):,}"
    yield f"{mean:.0f}"
    for strategy in ("random", "group_by_length"):
        args = settings(folder, train_sampling_strategy=strategy)
        order = list(EpochSampler(dataset, args, BATCH))
        batches = [[lengths[index] for index in order[start : start + BATCH]] for start in range(0, len(order), BATCH)]
        # A step of the same number of tokens, padding included, holds so many more of these shorter rows.
        yield f"{len(lengths) * LENGTH / sum(len(batch) * max(batch) for batch in batches):.2f}"
    sampler = PackedSampler(dataset, settings(folder, packing=True))
    yield f"{len(lengths) / len(sampler):.2f}"
    yield f"{sum(lengths) / (len(sampler) * LENGTH):.1%}"


def timed(rows: datasets.Dataset, tokenizer: Any, steps: int, folder: str) -> None:
    """Print the real tokens a second of a training with rows padded to the full length and with packed rows."""
    print(f"\n| {steps} steps | real tokens | seconds | real tokens a second |\n|---|---|---|---|")
    rates = []
    for packing in (False, True):
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=256,
            num_hidden_layers=4,
            num_attention_heads=4,
            intermediate_size=704,
        )
        args = settings(folder, packing=packing, max_steps=steps, per_device_train_batch_size=1, save_strategy="no")
        trainer = UniNERTrainer(LlamaForCausalLM(config), args, rows, processing_class=tokenizer)
        collate, real = trainer.data_collator, []

        def full_rows(examples: Any, collate: Any = collate, real: list[int] = real) -> Any:
            real.append(sum(len(one["input_ids"]) for one in examples))
            batch = collate(examples)
            room = LENGTH - batch["input_ids"].shape[1]
            return {key: torch.nn.functional.pad(value, (0, room), value=pad(key)) for key, value in batch.items()}

        def pad(key: str) -> int:
            return -100 if key == "labels" else 0

        trainer.data_collator = full_rows
        start = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - start
        rates.append(sum(real[:steps]) / seconds)
        name = "packed" if packing else f"padded to {LENGTH}"
        print(f"| {name} | {sum(real[:steps]):,} | {seconds:.1f} | {rates[-1]:,.0f} |", flush=True)
    print(f"\nreal tokens a second, packed / padded: {rates[1] / rates[0]:.2f}")


def settings(folder: str, **given: Any) -> UniNERConfig:
    """Return settings of a training on a CPU."""
    quick: dict[str, Any] = {"use_cpu": True, "bf16": False, "activation_checkpointing": False, "disable_tqdm": True}
    return UniNERConfig(folder, max_length=LENGTH, **{**quick, **given})


if __name__ == "__main__":
    main()
