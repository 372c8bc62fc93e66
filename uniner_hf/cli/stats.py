"""`uniner-hf stats`: how the entities of an annotated set spread over its types."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from uniner_hf.cli.arguments import input_folder


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the parser."""
    parser = subparsers.add_parser(
        "stats",
        help="count the entity types of an annotated set",
        description="Count passages, words, entities and types of an annotated set, and how its entities spread over "
        "the most frequent 1 % of the types, those up to 10 %, and the rest. A table goes to stderr, one JSON object "
        "to stdout.",
    )
    parser.add_argument(
        "source",
        metavar="PATH",
        help="passages (text, entities) or conversations (messages): a .json, .jsonl or .parquet file, a folder, the "
        "id of a data set on the Hub, or with --data-dir the name of a row of the catalogue",
    )
    parser.add_argument("--split", metavar="S", help="of all but a file (default: train)")
    parser.add_argument(
        "--data-dir", type=input_folder, metavar="RAW", help="folder of the original files of the catalogue"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="folder for stats.json, with the entities of each type, and the plot rank_frequency.png and .svg",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.output:
        import matplotlib  # noqa: F401  # where it is missing, that is said before a long set is read
    from uniner_hf.cli.annotated_sets import annotated_passages
    from uniner_hf.distillation.statistics import set_statistics, statistics_table

    dropped: Counter[str] = Counter()
    statistics = set_statistics(annotated_passages(arguments.source, arguments.split, arguments.data_dir, dropped))
    told = {**asdict(statistics), "dropped": dict(dropped)}
    if arguments.output:
        from uniner_hf.distillation.rank_frequency import draw_rank_frequency

        arguments.output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(told, ensure_ascii=False, indent=1)
        (arguments.output / "stats.json").write_text(text + "\n", encoding="utf-8")
        draw_rank_frequency(statistics, arguments.output)
    sys.stderr.write(statistics_table(statistics) + "\n")
    sys.stderr.writelines(f"left out: {count:,} {reason}\n" for reason, count in dropped.most_common())
    del told["frequencies"]  # thousands of types: they go to stats.json
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return 0
