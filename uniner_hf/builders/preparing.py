"""From a builder to its rows, with the error that a reader raised rather than the one that `datasets` makes of it."""

from __future__ import annotations

import datasets
from datasets.exceptions import DatasetGenerationError


def prepared(builder: datasets.GeneratorBasedBuilder, split: str | None) -> datasets.Dataset | datasets.DatasetDict:
    """Return the rows of a builder, from the cache where they are there already.

    Args:
        builder: the builder.
        split: the split; `None` for a dictionary of all.
    """
    try:
        builder.download_and_prepare()
    except DatasetGenerationError as error:
        raise (error.__cause__ or error) from None
    return builder.as_dataset(split=split)
