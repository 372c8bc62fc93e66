"""From a builder to its rows, with the error that a reader raised rather than the one that `datasets` makes of it."""

from __future__ import annotations

import datasets
from datasets.exceptions import DatasetGenerationError


def prepared(builder: datasets.GeneratorBasedBuilder, split: str | None) -> datasets.Dataset | datasets.DatasetDict:
    """Return the rows of a builder, from the cache where they are there already.

    Args:
        builder: the builder.
        split: the split; `None` for a dictionary of all that hold rows.

    Raises:
        ValueError: the split holds no rows.
    """
    try:
        builder.download_and_prepare()
    except DatasetGenerationError as error:
        raise (error.__cause__ or error) from None
    held = [name for name, info in (builder.info.splits or {}).items() if info.num_examples]
    if split is None:
        return datasets.DatasetDict({name: builder.as_dataset(split=name) for name in held})
    if split not in held:
        raise ValueError(
            f"Expected rows in the split {split!r} of {builder.config.name}, found none in its files; restore them."
        )
    return builder.as_dataset(split=split)
