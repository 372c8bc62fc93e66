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
from uniner_hf.benchmark.passages import read_passages, split_files

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


@dataclass
class NERBenchmarkConfig(datasets.BuilderConfig):
    """Configuration of one row of the benchmark.

    Args:
        fingerprint: of the original files and the catalogue, so that the cache notices when one of them changes.
    """

    fingerprint: str = ""


class NERBenchmark(datasets.GeneratorBasedBuilder):
    """Builder of annotated passages; each row of the catalogue is a configuration.

    Args:
        config_name: a row of the catalogue, such as `"crossner_ai"`.
        data_dir: folder with one sub-folder of original files for each set.

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
            description=f"{data_set.title}: passages with entities as character spans.",
            features=PASSAGE_FEATURES,
            homepage=data_set.homepage,
            license=data_set.licence,
        )

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        data_dir = Path(self.config.data_dir or "")
        splits = available_splits(self.config.name, data_dir)
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"split": split, "data_dir": data_dir}) for split in splits
        ]

    def _generate_examples(self, split: str, data_dir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        dropped: Counter[str] = Counter()
        for passage in read_passages(find_row(self.config.name), split, data_dir, dropped):
            yield passage.id, asdict(passage)
        for reason, number in sorted(dropped.items()):
            logger.info("left out of %s/%s: %d %s", self.config.name, split, number, reason)


def available_splits(row_name: str, data_dir: Path) -> list[str]:
    """Return the splits of a row whose original files are in the folder.

    Raises:
        FileNotFoundError: there is none.
    """
    row = find_row(row_name)
    splits = [split for split, pattern in row.files.items() if any(data_dir.glob(pattern))]
    if not splits:
        raise FileNotFoundError(
            f"Expected the original files of {row_name} in {data_dir.resolve()}, as {', '.join(row.files.values())}; "
            f"found none of them. Get them from {find_set(row_name).homepage} and name the folder with data_dir."
        )
    return splits


def source_fingerprint(row_name: str, data_dir: Path) -> str:
    """Return a fingerprint of what the cache of a row depends on: the files' names, sizes and times, the catalogue."""
    digest = hashlib.sha256(files("uniner_hf.benchmark").joinpath("catalog.toml").read_bytes())
    for split in available_splits(row_name, data_dir):
        for path in split_files(find_row(row_name), split, data_dir):
            status = path.stat()
            digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]
