"""Make the benchmark's dataset repository: parquet files and card in a folder, then on the Hub.

python dataset_scripts/ner_benchmark.py --output export [--data-dir data/raw] [--sets A,B] [--push-to-hub ORG/NAME]
"""

import argparse
from pathlib import Path

from uniner_hf import benchmark_sets
from uniner_hf.benchmark.passages import splits_here
from uniner_hf.hub.export import export_benchmark, push_folder, refuse_restricted


def main() -> None:
    """Read the arguments and carry them out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="folder of the original files; default: --sets are downloaded")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--sets", type=lambda names: names.split(","), help="rows by name, default all that are there")
    parser.add_argument("--push-to-hub", metavar="ORG/NAME")
    arguments = parser.parse_args()

    if not (arguments.sets or arguments.data_dir):
        parser.error("expected --data-dir, --sets or both, found neither")
    rows = [row for data_set in benchmark_sets() for row in data_set.rows]
    names = arguments.sets or [row.name for row in rows if splits_here(row, arguments.data_dir)]
    if arguments.push_to_hub:
        refuse_restricted(names)
    print(export_benchmark(names, arguments.data_dir, arguments.output, arguments.push_to_hub))
    if arguments.push_to_hub:
        print(push_folder(arguments.output, arguments.push_to_hub, names))


if __name__ == "__main__":
    main()
