"""The Markdown of cards, from templates."""

import pytest
from jinja2 import UndefinedError

from uniner_hf.cards.rendering import render


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="is undefined"):
        render("model_card.md", name="x")
