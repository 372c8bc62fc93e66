"""Reading column files: tokens a second, against `datasets`' own loading of the same files as lines of text.

python benchmarks/reading_speed.py --data-dir data/raw [--rows anatem,bc5cdr] [--repeat 3]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READ = """
from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.passages import read_passages

tokens = 0
for name in names:
    row = find_row(name)
    for split, files in row.files.items():
        if any(folder.glob(files)):
            for passage in read_passages(row, split, folder):
                tokens += passage.text.count(" ") + 1
"""
TEXT = """
import datasets
from uniner_hf.benchmark.catalog import find_row

datasets.disable_progress_bars()
paths = [str(path) for name in names for files in find_row(name).files.values() for path in sorted(folder.glob(files))]
rows = datasets.load_dataset("text", data_files=paths, split="train", cache_dir=cache)
tokens = sum(len(batch["text"]) for batch in rows.iter(1000))
"""
PROGRAM = """
import sys, time
from pathlib import Path
folder, cache, names = Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(",")
import datasets, uniner_hf.benchmark.passages  # what is imported is not measured
start = time.process_time()
{body}
print(tokens, time.process_time() - start)
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--rows", default="anatem,bc2gm,bc5cdr,linnaeus")
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    started = time.time()
    ours, text = (measured(body, arguments) for body in (READ, TEXT))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print("| reader | tokens or lines | CPU seconds | a second |\n|---|---|---|---|")
    for name, (count, seconds) in (("read_passages", ours), ("datasets, text", text)):
        print(f"| {name} | {count:,} | {seconds:.2f} | {count / seconds:,.0f} |")
    print(f"\nseconds of read_passages / seconds of datasets: {ours[1] / text[1]:.2f}")
    print(f"largest process: {memory:.0f} MiB; measured in {time.time() - started:.0f} s")


def measured(body: str, arguments: argparse.Namespace) -> tuple[int, float]:
    """Return the count and the CPU seconds of the fastest of several processes."""
    runs = []
    for _ in range(arguments.repeat):
        with tempfile.TemporaryDirectory() as cache:
            command = [sys.executable, "-c", PROGRAM.format(body=body), str(arguments.data_dir), cache, arguments.rows]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        runs.append((int(printed[-2]), float(printed[-1])))
    return min(runs, key=lambda run: run[1])


if __name__ == "__main__":
    main()
