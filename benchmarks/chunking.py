"""Cutting text into passages: seconds of the work itself against those of the tokenizer alone, and memory.

python benchmarks/chunking.py [--megabytes 1 10 100 1000] [--document 100000] [--repeat 3] [--tokenizer T]

The text is English sentences of random words, in documents of `--document` characters (0: all in one).
"tokenizer" is one pass of `encode_batch_fast` over stretches of 200 characters; "chunks" is everything; "its own work"
is what is left of that without the calls of the tokenizer. Seconds are those of one core.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one core for both

from uniner_hf.distillation.chunking import chunks
from uniner_hf.distillation.token_counting import load_tokenizer

WORDS = "the of and in Geneva protein committee river market was is by quickly 1984 Ada's model court Dr. cell".split()


class Timed:
    """A tokenizer whose calls are timed."""

    truncation = padding = None

    def __init__(self, name: str | None) -> None:
        self.tokenizer, self.seconds = load_tokenizer(name), 0.0

    def encode(self, text: str, **options: bool) -> object:
        return self.timed(self.tokenizer.encode, text, **options)

    def encode_batch_fast(self, texts: Sequence[str], **options: bool) -> object:
        return self.timed(self.tokenizer.encode_batch_fast, texts, **options)

    def timed(self, method, given, **options):
        start = time.process_time()
        found = method(given, **options)
        self.seconds += time.process_time() - start
        return found


def main() -> None:
    """Print the table; each size has a process of its own, for its memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--document", type=int, default=100_000, help="characters of a document, 0: one document")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--tokenizer")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(row(arguments))
        return
    print("| MB | tokenizer, s | chunks, s | its own work, s | own / tokenizer | chunks | peak memory, MiB |")
    print("|---" * 7 + "|", flush=True)
    for megabytes in arguments.megabytes:
        given = [*sys.argv[1:], "--one", "--megabytes", str(megabytes)]
        subprocess.run([sys.executable, __file__, *given], check=True)
    print("\npeak memory: of the whole process, the text of one document included")


def row(arguments: argparse.Namespace) -> str:
    """Return the measurements of one size, of the fastest of several runs."""
    megabytes = arguments.megabytes[0]
    runs = [measured(megabytes * 10**6, arguments.document, arguments.tokenizer) for _ in range(arguments.repeat)]
    alone, whole, own, count = min(runs, key=lambda run: run[1])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"| {megabytes} | {alone:.2f} | {whole:.2f} | {own:.2f} | {own / alone:.2f} | {count:,} | {memory:.0f} |"


def measured(size: int, document: int, tokenizer: str | None) -> tuple[float, float, float, int]:
    """Return the seconds of the tokenizer alone, of chunks and of its own work, and how many chunks there are."""
    timed = Timed(tokenizer)
    alone = whole = 0.0
    count = 0
    for text in documents(size, document or size):
        start = time.process_time()
        for first in range(0, len(text), 200 * 1024):
            stretches = [text[at : at + 200] for at in range(first, min(first + 200 * 1024, len(text)), 200)]
            timed.tokenizer.encode_batch_fast(stretches, add_special_tokens=False)
        middle = time.process_time()
        count += sum(1 for _ in chunks(text, timed))
        alone, whole = alone + middle - start, whole + time.process_time() - middle
    return alone, whole, whole - timed.seconds, count


def documents(size: int, length: int) -> Iterator[str]:
    """Yield documents of that many characters."""
    rng = random.Random(0)
    while size > 0:
        parts: list[str] = []
        left = min(size, length)
        size -= left
        while left > 0:
            sentence = " ".join(rng.choices(WORDS, k=rng.randint(3, 40))).capitalize()
            parts.append((sentence + rng.choice([". ", "? ", ".\n\n"]))[:left])
            left -= len(parts[-1])
        yield "".join(parts)


if __name__ == "__main__":
    main()
