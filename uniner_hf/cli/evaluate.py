"""`uniner-hf evaluate`: F1 of a model on data sets."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from uniner_hf.cli.arguments import comma_list, input_folder, positive_integer


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure the F1 of a model on data sets",
        description="Ask every type of a data set on every passage and score the answers. Results go to stdout and "
        "DIR/results.json as JSON, predictions to DIR/<set>.parquet, a table to stderr.",
    )
    parser.add_argument("--model", metavar="M", help="Hub id or folder, default the bundled model")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--sets", type=comma_list, metavar="A,B", help="data sets by name, default all that are there")
    what.add_argument("--preset", choices=["mini"], help="the sets by which the bundled model is judged")
    parser.add_argument(
        "--data-dir", required=True, type=input_folder, metavar="RAW", help="folder of the original files"
    )
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder to write to")
    parser.add_argument("--limit", type=positive_integer, metavar="N", help="passages of each set at most")
    parser.add_argument(
        "--protocol", choices=["upstream", "strict", "partial"], default="upstream", help="how mentions are matched"
    )
    parser.add_argument(
        "--free", action="store_true", help="let the model write anything, not only spans of the passage"
    )
    parser.add_argument("--batch-size", type=positive_integer, default=32, metavar="N", help="windows read at once")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from uniner_hf.cli.loading import load_pipeline
    from uniner_hf.evaluation.presets import PRESETS, named_sets
    from uniner_hf.evaluation.runner import evaluate

    sets = PRESETS[arguments.preset] if arguments.preset else named_sets(arguments.sets)
    ner = load_pipeline(arguments.model, grounded=not arguments.free)
    results = evaluate(
        ner,
        sets,
        arguments.data_dir,
        arguments.output,
        protocol=arguments.protocol,
        limit=arguments.limit,
        batch_size=arguments.batch_size,
        system={"model": arguments.model or "the bundled model", "grounded": not arguments.free},
    )
    for result in results:
        absent = result.absent_answered / max(result.absent_questions, 1)
        sys.stderr.write(
            f"{result.name:24} {result.split:28} P {result.precision:6.1%}  R {result.recall:6.1%}  "
            f"F1 {result.f1:6.1%}  absent types answered {absent:6.1%}\n"
        )
    report = json.loads((arguments.output / "results.json").read_text(encoding="utf-8"))
    for group, f1 in report["averages"].items():
        sys.stderr.write(f"average F1, {group}: {f1:.1%}\n")
    sys.stderr.write(f"absent types answered, all sets: {report['absent_answer_rate']:.1%}\n")
    sys.stdout.write(json.dumps(report) + "\n")
    return 0
