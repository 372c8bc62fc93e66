"""The catalogue of data sets, read from `catalog.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from uniner_hf.benchmark.editions import Edition, UpstreamRules
from uniner_hf.benchmark.readers.ace import AceDocuments
from uniner_hf.benchmark.readers.brat import Brat
from uniner_hf.benchmark.readers.character_spans import CharacterSpans
from uniner_hf.benchmark.readers.columns import ColumnFormat
from uniner_hf.benchmark.readers.concept_lines import ConceptLines
from uniner_hf.benchmark.readers.csv_spans import CsvSpans
from uniner_hf.benchmark.readers.csv_tokens import CsvTokens
from uniner_hf.benchmark.readers.inline_xml import InlineXml
from uniner_hf.benchmark.readers.offset_tags import OffsetTags
from uniner_hf.benchmark.readers.pipe_spans import PipeSpans
from uniner_hf.benchmark.readers.pubtator import PubTator
from uniner_hf.benchmark.readers.raw_passages import Reader
from uniner_hf.benchmark.readers.sofc import SofcArticles
from uniner_hf.benchmark.readers.tagged_tokens import TaggedTokens
from uniner_hf.benchmark.readers.token_spans import SentenceLists, SentenceRecords, TokenSpans
from uniner_hf.benchmark.sources import Source, source_from

READERS: dict[str, type[Any]] = {
    "ace": AceDocuments,
    "brat": Brat,
    "character_spans": CharacterSpans,
    "columns": ColumnFormat,
    "concept_lines": ConceptLines,
    "csv_spans": CsvSpans,
    "csv_tokens": CsvTokens,
    "inline_xml": InlineXml,
    "offset_tags": OffsetTags,
    "pipe_spans": PipeSpans,
    "pubtator": PubTator,
    "sentence_lists": SentenceLists,
    "sentence_records": SentenceRecords,
    "sofc": SofcArticles,
    "tagged_tokens": TaggedTokens,
    "token_spans": TokenSpans,
}


_ACCESS = ("public", "ldc", "dua")
_DOMAINS = (
    "general", "biomedical", "clinical", "STEM", "programming", "social media", "law", "finance", "transportation",
    "literature",
)  # fmt: skip
_SAID = ("name", "title", "description", "citation", "domain", "licence", "access", "homepage", "hub")
# key -> whether it is needed
_SET_KEYS = dict.fromkeys((*_SAID, "row"), True)
_SET_KEYS |= dict.fromkeys(("redistributable", "training_only", "reader", "dropped", "source"), False)
_ROW_KEYS = {"name": True, "files": True} | dict.fromkeys(("labels", "split_labels", "reader", "dropped"), False)
_ROW_KEYS |= dict.fromkeys(("upstream", "sizes", "table6", "table6_types", "differences"), False)


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One line of a results table: a data set, or one part of it (CrossNER has five).

    Args:
        name: what `load_benchmark` takes.
        files: for each split, a path or glob pattern relative to the data folder.
        reader: of the format of its files.
        labels: for each split, raw label -> entity type; the order is the order in which types are asked.
        dropped: raw labels that are left out.
        upstream: how the authors' published evaluation file differs; None where there is none.
        sizes: for each split, the passages and mentions that its original files hold, as read; empty where the files
            could not be had.
        table6: for each split, the passages that Table 6 of the paper has.
        table6_types: how many entity types Table 6 has, 0 for a training set.
        differences: why the files or the types differ from Table 6, `""` where they do not.
    """

    name: str
    files: dict[str, str]
    reader: Reader
    labels: dict[str, dict[str, str]]
    dropped: frozenset[str]
    upstream: UpstreamRules | None = None
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    table6: dict[str, int] = field(default_factory=dict)
    table6_types: int = 0
    differences: str = ""

    def entity_types(self, split: str, edition: Edition = "original") -> list[str]:
        """Return the entity types that a split annotates, each once, in catalogue order."""
        published = self.upstream.labels if self.upstream and edition == "upstream" else None
        return list(dict.fromkeys((published or self.labels[split]).values()))


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """A data set of the catalogue.

    Args:
        name: its name in the design of the package, also its folder in the data folder.
        title: its name in the literature.
        description: what its texts and entities are, in a sentence.
        citation: the publication to cite.
        domain: one of the paper's nine domains, or the domain of a training set.
        licence: of the annotated data.
        access: `"public"`, `"ldc"` (a licence of the Linguistic Data Consortium) or `"dua"` (a data use agreement).
        homepage: where the original files are.
        hub: id of a data set repository on the Hub, `""` where none is known.
        redistributable: its licence lets anyone pass texts and annotation on.
        sources: where its original files can be had, in order of preference.
        training_only: not part of the benchmark.
        rows: its rows.
    """

    name: str
    title: str
    description: str
    citation: str
    domain: str
    licence: str
    access: str
    homepage: str
    hub: str
    redistributable: bool
    sources: tuple[Source, ...]
    training_only: bool
    rows: tuple[BenchmarkRow, ...]


def benchmark_sets() -> list[BenchmarkSet]:
    """Return the data sets of the benchmark that this version reads, without those that only serve training.

    Example:
        >>> {row.name for data_set in benchmark_sets() for row in data_set.rows} >= {"crossner_ai", "mit_movie"}
        True
    """
    return [data_set for data_set in _all_sets() if not data_set.training_only]


def training_sets() -> list[BenchmarkSet]:
    """Return the data sets that only serve training."""
    return [data_set for data_set in _all_sets() if data_set.training_only]


def find_row(name: str) -> BenchmarkRow:
    """Return the row of that name, of the benchmark or of a training set.

    Raises:
        ValueError: there is no such row.
    """
    rows = {row.name: row for data_set in _all_sets() for row in data_set.rows}
    if name not in rows:
        close = get_close_matches(name, rows, n=1)
        hint = f"did you mean {close[0]!r}? The names are" if close else "the names are"
        raise ValueError(f"Expected the name of a data set, found {name!r}; {hint} {', '.join(sorted(rows))}.")
    return rows[name]


def find_set(row_name: str) -> BenchmarkSet:
    """Return the data set that a row belongs to."""
    row = find_row(row_name)
    return next(data_set for data_set in _all_sets() if row in data_set.rows)


@cache
def _all_sets() -> list[BenchmarkSet]:
    catalog = tomllib.loads(files("uniner_hf.benchmark").joinpath("catalog.toml").read_text(encoding="utf-8"))
    return [_set(entry) for entry in catalog["set"]]


def _set(entry: dict[str, Any]) -> BenchmarkSet:
    _check_keys(entry, _SET_KEYS, f"the set {entry.get('name')}")
    if entry["access"] not in _ACCESS or entry["domain"] not in _DOMAINS:
        raise ValueError(
            f"Expected the set {entry['name']} to have an access of {', '.join(_ACCESS)} and a domain of "
            f"{', '.join(_DOMAINS)}; found {entry['access']!r} and {entry['domain']!r}."
        )
    rows = tuple(_row(row, entry) for row in entry["row"])
    sources = tuple(map(source_from, entry.get("source", ())))
    return BenchmarkSet(
        **{key: entry[key] for key in _SAID},
        redistributable=entry.get("redistributable", False),
        sources=sources,
        training_only=entry.get("training_only", False),
        rows=rows,
    )


def _row(entry: dict[str, Any], its_set: dict[str, Any]) -> BenchmarkRow:
    """Return a row; its reader and dropped labels are those of its set where it names none."""
    _check_keys(entry, _ROW_KEYS, f"the row {entry.get('name')}")
    return BenchmarkRow(
        entry["name"],
        entry["files"],
        _reader(entry.get("reader") or its_set["reader"]),
        entry.get("split_labels") or dict.fromkeys(entry["files"], entry["labels"]),
        frozenset(entry.get("dropped", its_set.get("dropped", ()))),
        UpstreamRules(**entry["upstream"]) if "upstream" in entry else None,
        {split: (passages, mentions) for split, (passages, mentions) in entry.get("sizes", {}).items()},
        entry.get("table6", {}),
        entry.get("table6_types", 0),
        entry.get("differences", ""),
    )


def _check_keys(entry: dict[str, Any], known: dict[str, bool], what: str) -> None:
    """Raise ValueError unless the keys are known ones, and those that are needed (True) are there."""
    unknown = sorted(entry.keys() - known.keys())
    missing = sorted(key for key, needed in known.items() if needed and key not in entry)
    if unknown or missing:
        raise ValueError(
            f"Expected {what} of the catalogue to have the keys {', '.join(known)}; found the unknown keys {unknown} "
            f"and not {missing}."
        )


def _reader(named: dict[str, dict[str, Any]]) -> Reader:
    ((name, options),) = named.items()
    if name not in READERS:
        raise ValueError(f"Expected a reader, one of {', '.join(READERS)}; found {name!r}.")
    return READERS[name](**options)  # type: ignore[no-any-return]
