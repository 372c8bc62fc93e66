"""The passages that a recipe evaluates on."""

from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.training.evaluation_sets import load_evaluation

pytestmark = pytest.mark.usefixtures("datasets_cache")


def test_a_sample_of_each_set_with_its_types(raw: Path) -> None:
    rows = load_evaluation(["crossner_ai/test", "wikigold/train"], raw, 2)
    assert [name.split("/")[0] for name in rows["id"]] == ["crossner_ai", "crossner_ai", "wikigold", "wikigold"]
    assert rows["types"][0] == find_row("crossner_ai").entity_types("test")
    assert rows["types"][3] == find_row("wikigold").entity_types("train")
    assert rows.to_list() == load_evaluation(["crossner_ai/test", "wikigold/train"], raw, 2).to_list()
    assert len(load_evaluation(["crossner_ai/test"], raw, 100)) == 3


def test_a_split_that_is_not_there(raw: Path) -> None:
    with pytest.raises(ValueError, match="one of its splits, such as crossner_ai/train; found 'crossner_ai/dev'"):
        load_evaluation(["crossner_ai/dev"], raw, 2)
