"""Data sets as a folder of parquet files that `datasets.load_dataset` opens by configuration and split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets import DatasetDict

SHARD_BYTES = 400_000_000  # of a file, uncompressed


def refuse_other_configs(folder: Path, names: Sequence[str]) -> None:
    """Raise FileExistsError where a folder holds configurations that its card would not list.

    Args:
        folder: of the repository, which need not exist.
        names: configurations that are to be written.
    """
    others = sorted({file.parent.name for file in folder.glob("*/*.parquet")} - set(names))
    if others:
        raise FileExistsError(
            f"Expected no other configurations in {folder} than {', '.join(names)}, found {', '.join(others)}; write "
            "to another --output, delete them, or name them with --sets as well."
        )


def write_config(splits: DatasetDict, name: str, folder: Path) -> dict[str, Any]:
    """Write the splits of one configuration to `folder/name/` and return what the card's YAML says of it.

    Args:
        splits: the rows.
        name: of the configuration.
        folder: of the repository.

    Returns:
        The configuration's entry in the `configs` of a dataset card.

    Example:
        >>> write_config(DatasetDict(test=rows), "crossner_ai", Path("export"))  # doctest: +SKIP
        {'config_name': 'crossner_ai', 'data_files': [{'split': 'test', 'path': 'crossner_ai/test-*.parquet'}]}
    """
    (folder / name).mkdir(parents=True, exist_ok=True)
    data_files = []
    for split, rows in splits.items():
        for stale in (folder / name).glob(f"{split}-*.parquet"):
            stale.unlink()
        count = -(-rows.data.nbytes // SHARD_BYTES) or 1
        for index in range(count):
            shard = rows.shard(count, index, contiguous=True)
            shard.to_parquet(folder / name / f"{split}-{index:05d}-of-{count:05d}.parquet")
        data_files.append({"split": str(split), "path": f"{name}/{split}-*.parquet"})
    return {"config_name": name, "data_files": data_files}
