"""The tokenizer that counts the tokens of a passage, loaded without transformers."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

import uniner_hf

_BUNDLED = Path(uniner_hf.__file__).parent / "models" / "mini" / "tokenizer.json"


def load_tokenizer(name: str | None = None) -> Tokenizer:
    """Return a tokenizer that counts: it neither truncates nor pads.

    Args:
        name: a `tokenizer.json`, the folder of one, or a model of the Hub; default: that of the bundled model, a
            stand-in for the one of the model that will be trained. It has about as many tokens to an English word.

    Raises:
        ValueError: the file is no tokenizer, or the Hub has none of that name that can be reached.

    Example:
        >>> len(load_tokenizer().encode("Ada Lovelace left."))
        5
    """
    path = Path(name) if name else _BUNDLED
    path = path / "tokenizer.json" if path.is_dir() else path
    try:
        tokenizer = Tokenizer.from_file(str(path)) if path.is_file() else Tokenizer.from_pretrained(str(name))
    except Exception as error:  # the library raises no narrower one
        raise ValueError(
            f"Expected a tokenizer.json, its folder or a model of the Hub, found {name}: {error}; correct --tokenizer."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
