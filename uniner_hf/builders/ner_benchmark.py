"""The benchmark's data sets as a `datasets` builder over their original files."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import datasets

from uniner_hf.benchmark.catalog import benchmark_sets, find_row, find_set, training_sets
from uniner_hf.benchmark.editions import Edition
from uniner_hf.benchmark.fetching import fetched_folder
from uniner_hf.benchmark.passages import read_passages, splits_here
from uniner_hf.benchmark.views import View, bio_row, conversation_row, queries, tag_names
from uniner_hf.builders.conversation_features import CONVERSATION_FEATURES
from uniner_hf.schema import AnnotatedPassage

logger = logging.getLogger(__name__)

PASSAGE_FEATURES = datasets.Features(
    {
        "id": datasets.Value("string"),
        "text": datasets.Value("string"),
        "entities": datasets.List(
            {
                "type": datasets.Value("string"),
                "text": datasets.Value("string"),
                "start": datasets.Value("int32"),
                "end": datasets.Value("int32"),
            }
        ),
    }
)

_FEATURES = {
    "passages": PASSAGE_FEATURES,
    "conversations": CONVERSATION_FEATURES,
    "queries": datasets.Features({**CONVERSATION_FEATURES, "entity_type": datasets.Value("string")}),
}
_DESCRIPTIONS = {
    "passages": "passages with entities as character spans",
    "queries": "one question for each passage and entity type",
    "conversations": "one conversation for each passage, asked for every entity type",
    "bio": "tokens with IOB2 tags",
}


@dataclass
class NERBenchmarkConfig(datasets.BuilderConfig):
    """Configuration of one row of the benchmark.

    Args:
        fingerprint: of the original files and the catalogue, so that the cache notices when one of them changes.
        view: `"passages"` (default), `"queries"`, `"conversations"` or `"bio"`.
        edition: `"original"` (default) or `"upstream"`, the authors' published evaluation files.
        seed: of the order of the questions in a conversation, default 0.
    """

    fingerprint: str = ""
    view: View = "passages"
    edition: Edition = "original"
    seed: int = 0


class NERBenchmark(datasets.GeneratorBasedBuilder):
    """Builder of annotated passages; each row of the catalogue is a configuration.

    Args:
        config_name: a row of the catalogue, such as `"crossner_ai"`.
        data_dir: folder with one sub-folder of original files for each set; default: they are downloaded.

    Raises:
        FileNotFoundError: the folder holds none of the row's files.
        DataFormatError: a line that the format does not allow, or a label that the catalogue does not know.
    """

    VERSION = datasets.Version("1.0.0")
    BUILDER_CONFIG_CLASS = NERBenchmarkConfig
    BUILDER_CONFIGS = [
        NERBenchmarkConfig(name=row.name)
        for data_set in (*benchmark_sets(), *training_sets())
        for row in data_set.rows
    ]

    def _info(self) -> datasets.DatasetInfo:
        data_set = find_set(self.config.name)
        return datasets.DatasetInfo(
            description=f"{data_set.title}: {_DESCRIPTIONS[self.config.view]}.",
            features=self._features(),
            homepage=data_set.homepage,
            license=data_set.licence,
        )

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        data_dir = Path(self.config.data_dir) if self.config.data_dir else fetched_folder(self.config.name)
        splits = available_splits(self.config.name, data_dir)
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"split": split, "data_dir": data_dir}) for split in splits
        ]

    def _generate_examples(self, split: str, data_dir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        dropped: Counter[str] = Counter()
        for passage in read_passages(find_row(self.config.name), split, data_dir, dropped, self.config.edition):
            for row in self._rows(passage, split, dropped):
                yield row["id"], row
        for reason, number in sorted(dropped.items()):
            logger.info("left out of %s/%s: %d %s", self.config.name, split, number, reason)

    def _features(self) -> datasets.Features:
        if self.config.view == "bio":
            row = find_row(self.config.name)
            types = dict.fromkeys(name for split in row.files for name in row.entity_types(split, self.config.edition))
            tags = datasets.List(datasets.ClassLabel(names=tag_names(list(types))))
            string = datasets.Value("string")
            return datasets.Features({"id": string, "tokens": datasets.List(string), "ner_tags": tags})
        return _FEATURES[self.config.view]

    def _rows(self, passage: AnnotatedPassage, split: str, dropped: Counter[str]) -> Iterator[dict[str, Any]]:
        """Yield what the view makes of a passage."""
        row, config = find_row(self.config.name), self.config
        types, ascii_only = row.entity_types(split, config.edition), config.edition == "upstream"
        if config.view == "passages":
            yield asdict(passage)
        elif config.view == "queries":
            yield from queries(passage, types, ascii_only=ascii_only)
        elif config.view == "conversations":
            yield conversation_row(passage, types, ascii_only=ascii_only, seed=config.seed)
        else:
            yield bio_row(passage, tokenized=row.reader.tokenized, dropped=dropped)


def available_splits(row_name: str, data_dir: Path) -> list[str]:
    """Return the splits of a row whose original files are in the folder.

    Raises:
        FileNotFoundError: there is none.
    """
    row = find_row(row_name)
    splits = splits_here(row, data_dir)
    if not splits:
        raise FileNotFoundError(
            f"Expected the original files of {row_name} in {data_dir.resolve()}, as {', '.join(row.files.values())}, "
            f"found none of them; get them from {find_set(row_name).homepage} and name the folder with data_dir."
        )
    return splits


def source_fingerprint(row_name: str, data_dir: Path) -> str:
    """Return a fingerprint of what the cache of a row depends on: its files' names, sizes and times, the catalogue.

    All files in the set's folder count: some formats keep texts or lists of splits beside the files of a split.
    """
    digest = hashlib.sha256(files("uniner_hf.benchmark").joinpath("catalog.toml").read_bytes())
    for folder in sorted({Path(pattern).parts[0] for pattern in find_row(row_name).files.values()}):
        for path in sorted(path for path in (data_dir / folder).rglob("*") if path.is_file()):
            status = path.stat()
            digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]
