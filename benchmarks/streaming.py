"""Memory while a stream of texts goes through the pipeline: it does not grow with the number of texts.

    python benchmarks/streaming.py [--texts 10000] [--batch-size 32] [--model M]

The texts differ, so that nothing can be kept for the next one. What is printed is the memory that is held after each
tenth of the stream, beside that after the first.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tqdm import tqdm
from transformers import pipeline

import uniner_hf  # noqa: F401  (registers the task)

NAMES = ["Ada", "Charles", "Grace", "Alan", "Mary", "Lise", "Emmy", "Rosa"]
PLACES = ["London", "Paris", "Oslo", "Vienna", "Rome", "Lima", "Kyoto", "Cairo"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--model", help="folder or Hub id (default: the bundled model)")
    arguments = parser.parse_args()
    task: Any = "universal-ner"
    ner: Any = pipeline(task, model=arguments.model, entity_types=["person", "city"])
    held = []
    found = ner(texts(arguments.texts), batch_size=arguments.batch_size)
    for number, _ in enumerate(tqdm(found, total=arguments.texts, unit="text"), start=1):
        if number % (arguments.texts // 10) == 0:
            held.append((number, resident()))
    print("| texts | MiB | over the first |\n|---|---|---|")
    for number, memory in held:
        print(f"| {number:,} | {memory:.0f} | {memory / held[0][1]:.3f} |")


def texts(count: int) -> Iterator[str]:
    """Yield texts of several lengths."""
    random = Random(0)
    for number in range(count):
        people = " and ".join(random.sample(NAMES, random.randint(1, 4)))
        yield f"{people} met {number} times in {random.choice(PLACES)}."


def resident() -> float:
    """Return the MiB that this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    main()
