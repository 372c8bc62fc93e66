"""The original files of a row on this machine: downloaded once, from the first of its sources that gives them."""

from __future__ import annotations

import logging
from pathlib import Path

from uniner_hf.benchmark.catalog import find_set
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.sources import fetch

logger = logging.getLogger(__name__)

FOLDER = "uniner_hf_original_files"


def fetched_folder(row_name: str) -> Path:
    """Return a folder with the original files of a row, in the layout that `load_benchmark` reads.

    It lies in the cache of `datasets`. What is there already is not asked for again.

    Args:
        row_name: a row of the catalogue.

    Raises:
        FileNotFoundError: the catalogue has no source of the set, or none of them has the files any more.
        PermissionError: the files need a licence or an agreement.
        ConnectionError: the server of the last source cannot be reached.
        DataFormatError: what came has another checksum than the catalogue.

    Example:
        >>> fetched_folder("crossner_ai")  # doctest: +SKIP
        PosixPath('/home/me/.cache/huggingface/datasets/uniner_hf_original_files')
    """
    import datasets

    folder = Path(datasets.config.HF_DATASETS_CACHE) / FOLDER
    sources = find_set(row_name).sources
    if not sources:
        raise FileNotFoundError(
            f"Expected an address of the files of {row_name} in the catalogue, found none; look for them at "
            f"{find_set(row_name).homepage} and name their folder with data_dir."
        )
    for source in sources[:-1]:
        try:
            fetch(source, folder)
            return folder
        except (OSError, DataFormatError) as error:  # the next source is there for this
            logger.warning("%s: %s Trying the next source.", row_name, error)
    fetch(sources[-1], folder)
    return folder
