"""How long the pipeline takes: loading, the first call, and calls with few and many types and windows at once.

    python benchmarks/pipeline_speed.py [--model M] [--threads N] [--repeats N]

Times depend on the machine and on what else it does; the ratios are what to compare.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import torch
from transformers import pipeline
from transformers.utils.logging import disable_progress_bar

import uniner_hf  # noqa: F401  (registers the task)

TEXT = (
    "Marie Curie, born in Warsaw in 1867, moved to Paris to study physics at the Sorbonne, won the Nobel Prize in "
    "1903 together with her husband Pierre, and later led the Radium Institute, which Rockefeller and the French "
    "government paid for."
)
TYPES = ["person", "location", "organization", "date", "award", "event", "product", "disease", "chemical", "book"]
TYPES += ["film", "song", "language", "country", "politician", "scientist", "university", "company", "animal", "food"]


def main() -> None:
    """Measure and print the table."""
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    disable_progress_bar()
    ner: Any = None

    def load() -> None:
        nonlocal ner
        ner = pipeline("universal-ner", model=arguments.model)

    load_ms = milliseconds(load)
    first_ms = milliseconds(lambda: ner(TEXT, entity_types=TYPES[:7]))
    print(f"{len(TEXT.split())} words, {arguments.threads} thread(s), medians of {arguments.repeats}\n")
    print(f"{'':24}{'ms a text':>12}{'ratio':>8}")
    print(f"{'load':24}{load_ms:12.1f}")
    print(f"{'first call, 7 types':24}{first_ms:12.1f}")
    base = None
    for name, call, texts in cases(ner):
        taken = median(milliseconds(call) for _ in range(arguments.repeats)) / texts
        base = base or taken
        print(f"{name:24}{taken:12.1f}{taken / base:8.2f}")


def cases(ner: Any) -> Iterator[tuple[str, Callable[[], object], int]]:
    """Yield what is measured: its name, the call, and the texts that this reads."""
    for count in (1, 7, 20):
        types = TYPES[:count]
        yield f"{count} type{'s' if count > 1 else ''}", lambda types=types: ner(TEXT, entity_types=types), 1
    texts = [TEXT] * 16
    for size in (1, 4, 16):
        call = lambda size=size: ner(texts, entity_types=TYPES[:7], batch_size=size)  # noqa: E731
        yield f"7 types, batch_size={size}", call, len(texts)


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = perf_counter()
    call()
    return 1000 * (perf_counter() - start)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time the pipeline and print one table.")
    parser.add_argument("--model", help="folder or Hub id (default: the bundled model)")
    parser.add_argument("--threads", type=int, default=1, help="of torch (default: 1)")
    parser.add_argument("--repeats", type=int, default=5, help="of each measurement (default: 5)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
