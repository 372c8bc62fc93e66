"""`uniner-hf datasets`: the benchmark as data: which sets there are, whether they are whole, as parquet."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uniner_hf.cli.arguments import comma_list, input_folder

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
        "parquet files, a card. Without --data-dir, the sets of --sets are downloaded. The folder is printed on "
        "stdout, with --push-to-hub the address of the repository.",
    )
    export.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to write to")
    export.add_argument(
        "--push-to-hub", metavar="ORG/NAME", help="upload it; sets that may not be passed on are refused"
    )
    export.add_argument("--private", action="store_true", help="make a new repository private")
    export.set_defaults(run=_export)
    what = export.add_mutually_exclusive_group()
    what.add_argument(
        "--pile-ner",
        type=comma_list,
        metavar="A,B",
        help="in place of the benchmark: type, definition or both, from the Hub, or one from the folder of its "
        "train.json in --data-dir",
    )
    for action, its_sets in ((listing, listing), (check, check), (export, what)):
        its_sets.add_argument("--sets", type=comma_list, metavar="A,B", help="rows by name, default all")
        action.add_argument(
            "--data-dir",
            type=input_folder,
            required=action is check,
            metavar="RAW",
            help="folder of the original files",
        )
        action.add_argument("--debug", action="store_true", help="show the traceback of a failure")


def _list(arguments: argparse.Namespace) -> int:
    selected = list(_selected(arguments.sets, training=arguments.all))
    if arguments.format == "json":
        sys.stdout.writelines(json.dumps(_described(*pair, arguments.data_dir)) + "\n" for pair in selected)
        return 0
    if arguments.format == "markdown":
        sys.stdout.write(
            "| row | set | domain | types | passages | licence | access | Table 6 |\n" + "|---" * 8 + "|\n"
        )
        sys.stdout.writelines(_markdown(*pair) for pair in selected)
        return 0
    cells = [COLUMNS, *(_cells(*pair, arguments.data_dir) for pair in selected)]
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
    from uniner_hf.hub.export import export_benchmark, export_pile_ner, push_folder, refuse_restricted

    folder, repository = arguments.output, arguments.push_to_hub
    names = arguments.pile_ner or _rows_to_export(arguments)
    if arguments.pile_ner:
        result = str(export_pile_ner(names, folder, arguments.data_dir, repository))
    else:
        if repository:
            refuse_restricted(names)
        result = str(export_benchmark(names, arguments.data_dir, folder, repository))
    if repository:
        result = push_folder(folder, repository, names, private=arguments.private)
    sys.stdout.write(f"{result}\n")
    return 0


def _rows_to_export(arguments: argparse.Namespace) -> list[str]:
    if arguments.data_dir is None and not arguments.sets:
        raise ValueError(
            "Expected the folder of the original files, or the sets to download, found neither; name the folder with "
            "--data-dir, or the sets with --sets."
        )
    names = [row.name for _, row in _selected(arguments.sets) if arguments.sets or _here(row, arguments.data_dir)]
    if not names:
        raise FileNotFoundError(f"Expected original files of the sets in {arguments.data_dir}, found none of them.")
    return names


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
    """Return a row as JSON has it; None is what is not known."""
    return {
        "set": row.name,
        "title": data_set.title,
        "homepage": data_set.homepage,
        "hub": data_set.hub or None,
        "domain": data_set.domain,
        "types": _type_count(row),
        "passages": {split: row.sizes[split][0] if split in row.sizes else None for split in row.files},
        "table6": row.table6,
        "licence": data_set.licence,
        "access": data_set.access,
        "here": _here(row, data_dir) if data_dir else None,
    }


def _cells(data_set: BenchmarkSet, row: BenchmarkRow, data_dir: Path | None) -> tuple[str, ...]:
    here = ", ".join(_here(row, data_dir)) or ("no" if data_dir else "?")
    types = str(_type_count(row))
    return (row.name, data_set.domain, types, _passages(row), data_set.licence, data_set.access, here)


def _markdown(data_set: BenchmarkSet, row: BenchmarkRow) -> str:
    title, passages = f"[{data_set.title}]({data_set.homepage})", _passages(row).replace("*", "\\*")
    title += f" ([Hub](https://huggingface.co/datasets/{data_set.hub}))" if data_set.hub else ""
    values = [f"`{row.name}`", title, data_set.domain, _type_count(row), passages, data_set.licence, data_set.access]
    values.append(row.differences)
    return "".join(f"| {value} " if value != "" else "| " for value in values) + "|\n"


def _type_count(row: BenchmarkRow) -> int:
    return len({name for split in row.files for name in row.entity_types(split)})


def _passages(row: BenchmarkRow) -> str:
    """Return the sizes of the splits; what could not be counted is told as the paper has it, marked."""
    sizes = {split: f"{count}*" for split, count in row.table6.items() if split in row.files}
    sizes |= {split: str(count) for split, (count, _) in row.sizes.items()}
    return "/".join(sizes.get(split, "-") for split in ("train", "validation", "test"))


def _summary(report: SplitReport) -> str:
    notes = [f"{report.passages} passages, {report.mentions} mentions"]
    notes += [f"{count} {reason} left out" for reason, count in report.dropped.items()]
    notes += [f"{report.repeated} repeated"] if report.repeated else []
    notes += [f"{count} also in {split}" for split, count in report.shared.items()]
    notes += [f"no mention of {', '.join(report.unused)}"] if report.unused else []
    notes += report.explained
    return "; ".join(notes) + "".join(f"\n  PROBLEM: {problem}" for problem in report.problems)
