"""`uniner-hf passages`: passages of raw text, to be annotated by a teacher."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uniner_hf.cli.arguments import output_file, positive_integer

if TYPE_CHECKING:
    from uniner_hf.contamination import NgramIndex
    from uniner_hf.distillation.passages import Passage

EPILOG = """\
examples:
  uniner-hf passages --source corpus.jsonl --num-passages 1000 --output passages.jsonl
  uniner-hf passages --source ORG/CORPUS --num-passages 50000 --tokenizer ORG/MODEL --shard 1/4 --output 1.jsonl
  uniner-hf passages --source corpus.parquet --num-passages 50000 --keep-out data/raw --output passages.jsonl
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the command line."""
    parser = subparsers.add_parser(
        "passages",
        help="sample passages of raw text",
        description="Cut the documents of a source into passages of whole sentences, leave out what is too short, not "
        "English, in the benchmark or there already, and write a uniform sample of the rest as JSON Lines.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--source",
        required=True,
        metavar="S",
        help=".txt (one document), .jsonl, .jsonl.zst, .parquet, a folder, or a data set on the Hub (streamed)",
    )
    parser.add_argument("--split", default="train", help="of a folder or a data set on the Hub (default: train)")
    parser.add_argument("--text-column", default="text", metavar="C", help="that holds the text (default: text)")
    parser.add_argument(
        "--subset-column", metavar="C", help="draw --num-passages for each value of a column: meta.pile_set_name"
    )
    parser.add_argument("--num-passages", required=True, type=positive_integer, metavar="N", help="that are drawn")
    parser.add_argument(
        "--max-tokens", type=positive_integer, default=256, metavar="N", help="of a passage (default: 256)"
    )
    parser.add_argument(
        "--tokenizer", metavar="T", help="a Hub id, folder or tokenizer.json (default: the bundled model's)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    parser.add_argument(
        "--shard",
        type=shard,
        default=(1, 1),
        metavar="I/N",
        help="every N-th document from the I-th, N-th of the draw",
    )
    parser.add_argument(
        "--keep-out",
        nargs="+",
        metavar=("RAW", "SET"),
        help="leave out passages that share 13 words with test texts: the folder of the original files, and sets "
        "(default: all that are there)",
    )
    parser.add_argument("--output", required=True, type=output_file, metavar="FILE", help=".jsonl file to write")
    parser.set_defaults(run=_run, usage_error=parser.error)


def shard(value: str) -> tuple[int, int]:
    """Read which of how many parts.

    Example:
        >>> shard("2/4")
        (2, 4)
    """
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", value)
    part, parts = map(int, found.groups()) if found else (0, 0)
    if not 1 <= part <= parts:
        raise argparse.ArgumentTypeError(f"expected a part and how many there are, such as 1/4, found {value!r}")
    return part, parts


def _run(arguments: argparse.Namespace) -> int:
    part, parts = arguments.shard
    count = arguments.num_passages // parts + (part <= arguments.num_passages % parts)
    if not count:
        arguments.usage_error(f"expected --num-passages of at least {parts} for {parts} parts, found fewer")
    from uniner_hf.distillation.reservoir import reservoir_sample

    left_out: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    found = _counted(_passages(arguments, left_out), wanted)
    subset = (lambda passage: passage["source"]) if arguments.subset_column else None
    drawn = reservoir_sample(found, count, arguments.seed, subset)
    _write(drawn, arguments.output)
    _report(drawn, wanted, left_out, count)
    sys.stdout.write(json.dumps({"passages": len(drawn), "output": str(arguments.output)}) + "\n")
    return 0


def _passages(arguments: argparse.Namespace, left_out: Counter[str]) -> Iterator[Passage]:
    from tqdm import tqdm

    from uniner_hf.distillation.documents import read_documents
    from uniner_hf.distillation.passage_filters import PassageFilter
    from uniner_hf.distillation.passages import passages_of
    from uniner_hf.distillation.token_counting import load_tokenizer

    tokenizer = load_tokenizer(arguments.tokenizer)
    wanted = PassageFilter(_kept_out(arguments.keep_out) if arguments.keep_out else None)
    part, parts = arguments.shard
    source = Path(arguments.source)
    name = source.name if source.exists() else arguments.source
    documents = read_documents(arguments.source, arguments.split, arguments.text_column, arguments.subset_column)
    shown = tqdm(documents, desc="documents", unit="", disable=None)  # none where stderr is no terminal
    of_part = (document for document in shown if document.number % parts == part - 1)
    yield from passages_of(of_part, name, tokenizer, wanted, left_out, arguments.max_tokens)


def _kept_out(given: list[str]) -> NgramIndex:
    from uniner_hf.cli.arguments import input_folder
    from uniner_hf.contamination import NgramIndex
    from uniner_hf.distillation.passages import benchmark_texts

    try:
        folder = input_folder(given[0])
    except argparse.ArgumentTypeError as error:
        raise ValueError(f"--keep-out: {error}") from error
    index = NgramIndex(benchmark_texts(folder, given[1:]))
    sys.stderr.write(f"kept out: {len(index)} runs of words; {index.too_short} test texts are too short to look for\n")
    return index


def _counted(passages: Iterable[Passage], wanted: Counter[str]) -> Iterator[Passage]:
    for passage in passages:
        wanted[passage["source"]] += 1
        yield passage


def _write(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write a file that is there as a whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _report(drawn: list[Passage], wanted: Counter[str], left_out: Counter[str], count: int) -> None:
    sys.stderr.write(f"{len(drawn)} passages drawn of {wanted.total()}\n")
    sys.stderr.writelines(f"left out, {reason}: {number}\n" for reason, number in left_out.most_common())
    for source, there in wanted.items():
        if there < count:
            sys.stderr.write(f"{source}: {count} passages asked for, {there} found\n")
