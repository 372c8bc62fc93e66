"""`uniner-hf datasets`: the benchmark as data: which sets there are, whether they are whole, as parquet."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uniner_hf.cli.arguments import comma_list

if TYPE_CHECKING:
    from uniner_hf.benchmark.catalog import BenchmarkRow, BenchmarkSet
    from uniner_hf.benchmark.checking import SplitReport

COLUMNS = ("set", "domain", "types", "passages", "licence", "access", "here")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the parser."""
    parser = subparsers.add_parser(
        "datasets",
        help="list, check and export the data sets",
        description="The benchmark as data: the sets of the catalogue, whether the original files are whole, and the "
        "sets as a repository that datasets.load_dataset opens.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    listing = actions.add_parser("list", help="print the data sets", description="Print the sets of the benchmark.")
    listing.add_argument("--format", choices=["table", "json", "markdown"], default="table", help="default table")
    listing.add_argument("--all", action="store_true", help="also the sets that only serve training")
    listing.set_defaults(run=_list)
    check = actions.add_parser(
        "check",
        help="check original files",
        description="Read the original files: offsets, duplicates, labels, counts against the catalogue and Table 6 "
        "of the paper. One JSON object a split on stdout, a summary on stderr; status 1 where something is wrong.",
    )
    check.set_defaults(run=_check)
    export = actions.add_parser(
        "export",
        help="write parquet files and a card",
        description="Write the sets as a dataset repository that datasets.load_dataset opens: a configuration a row, "
        "parquet files, a card. The folder is printed on stdout, with --push-to-hub the address of the repository.",
    )
    export.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to write to")
    export.add_argument(
        "--push-to-hub", metavar="ORG/NAME", help="upload it; sets that may not be passed on are refused"
    )
    export.add_argument("--private", action="store_true", help="make a new repository private")
    export.set_defaults(run=_export)
    for action, needed in ((listing, False), (check, True), (export, True)):
        action.add_argument("--sets", type=comma_list, metavar="A,B", help="rows by name, default all")
        action.add_argument(
            "--data-dir", type=Path, required=needed, metavar="RAW", help="folder of the original files"
        )
        action.add_argument("--debug", action="store_true", help="show the traceback of a failure")


def _list(arguments: argparse.Namespace) -> int:
    selected = list(_selected(arguments.sets, training=arguments.all))
    described = [_described(data_set, row, arguments.data_dir) for data_set, row in selected]
    if arguments.format == "json":
        sys.stdout.writelines(json.dumps(row) + "\n" for row in described)
        return 0
    if arguments.format == "markdown":
        sys.stdout.write(
            "| row | set | domain | types | passages | licence | access | Table 6 |\n" + "|---" * 8 + "|\n"
        )
        sys.stdout.writelines(_markdown(*pair, cells) for pair, cells in zip(selected, described, strict=True))
        return 0
    cells = [COLUMNS, *(tuple(str(row[column]) for column in COLUMNS) for row in described)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        sys.stdout.write(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        )
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from uniner_hf.benchmark.checking import check_row
    from uniner_hf.benchmark.readers.errors import DataFormatError

    checked = problems = 0
    for _, row in _selected(arguments.sets):
        here = _here(row, arguments.data_dir)
        absent = [split for split in row.files if split not in here] if here or arguments.sets else []
        for split in absent:
            sys.stderr.write(f"{row.name}/{split}: not here\n")
        problems += len(absent) if arguments.sets else 0  # what was named must be whole
        try:
            for report in check_row(row, arguments.data_dir):
                checked, problems = checked + 1, problems + len(report.problems)
                sys.stdout.write(json.dumps(asdict(report)) + "\n")
                sys.stderr.write(f"{row.name}/{report.split}: {_summary(report)}\n")
        except DataFormatError as error:  # the other sets are still to be checked
            problems += 1
            sys.stderr.write(f"{row.name}\n  PROBLEM: {error}\n")
    if not checked and not problems:
        raise FileNotFoundError(f"Expected original files of the sets in {arguments.data_dir}, found none of them.")
    sys.stderr.write(f"{checked} splits checked, {problems} problems\n")
    return 1 if problems else 0


def _export(arguments: argparse.Namespace) -> int:
    from uniner_hf.hub.export import export_benchmark, push_folder, refuse_restricted

    names = [row.name for _, row in _selected(arguments.sets) if arguments.sets or _here(row, arguments.data_dir)]
    if not names:
        raise FileNotFoundError(f"Expected original files of the sets in {arguments.data_dir}, found none of them.")
    if arguments.push_to_hub:
        refuse_restricted(names)
    result = str(export_benchmark(names, arguments.data_dir, arguments.output, arguments.push_to_hub))
    if arguments.push_to_hub:
        result = push_folder(arguments.output, arguments.push_to_hub, names, private=arguments.private)
    sys.stdout.write(f"{result}\n")
    return 0


def _selected(names: Sequence[str] | None, training: bool = False) -> Iterator[tuple[BenchmarkSet, BenchmarkRow]]:
    """Yield the rows of that name, or those of sets of that name; all where none is named."""
    from uniner_hf.benchmark.catalog import benchmark_sets, find_row, find_set, training_sets

    every = [*benchmark_sets(), *training_sets()]
    for name in names or ():
        of_that_name = [data_set for data_set in every if data_set.name == name]
        if of_that_name:
            yield from ((data_set, row) for data_set in of_that_name for row in data_set.rows)
        else:
            yield find_set(name), find_row(name)
    if not names:
        sets = every if training else benchmark_sets()
        yield from ((data_set, row) for data_set in sets for row in data_set.rows)


def _here(row: BenchmarkRow, data_dir: Path | None) -> list[str]:
    from uniner_hf.benchmark.passages import splits_here

    return splits_here(row, data_dir) if data_dir else []


def _described(data_set: BenchmarkSet, row: BenchmarkRow, data_dir: Path | None) -> dict[str, Any]:
    here = _here(row, data_dir)
    # What could not be counted is told as the paper has it, marked.
    sizes = {split: f"{count}*" for split, count in row.table6.items() if split in row.files}
    sizes |= {split: str(count) for split, (count, _) in row.sizes.items()}
    return {
        "set": row.name,
        "domain": data_set.domain,
        "types": len({name for split in row.files for name in row.entity_types(split)}),
        "passages": "/".join(sizes.get(split, "-") for split in ("train", "validation", "test")),
        "licence": data_set.licence,
        "access": data_set.access,
        "here": ", ".join(here) or ("no" if data_dir else "?"),
    }


def _markdown(data_set: BenchmarkSet, row: BenchmarkRow, cells: dict[str, Any]) -> str:
    title, passages = f"[{data_set.title}]({data_set.homepage})", cells["passages"].replace("*", "\\*")
    values = [f"`{row.name}`", title, data_set.domain, cells["types"], passages, data_set.licence, data_set.access]
    values.append(row.differences)
    return "".join(f"| {value} " if value != "" else "| " for value in values) + "|\n"


def _summary(report: SplitReport) -> str:
    notes = [f"{report.passages} passages, {report.mentions} mentions"]
    notes += [f"{count} {reason} left out" for reason, count in report.dropped.items()]
    notes += [f"{report.repeated} repeated"] if report.repeated else []
    notes += [f"{count} also in {split}" for split, count in report.shared.items()]
    notes += [f"no mention of {', '.join(report.unused)}"] if report.unused else []
    notes += report.explained
    return "; ".join(notes) + "".join(f"\n  PROBLEM: {problem}" for problem in report.problems)
