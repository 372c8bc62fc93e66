"""A row and a split as one name."""

import pytest

from uniner_hf.benchmark.split_names import read_split_name


def test_a_row_and_its_split() -> None:
    row, split = read_split_name("ncbi/validation")
    assert (row.name, split) == ("ncbi", "validation")


@pytest.mark.parametrize("name", ["ncbi", "ncbi/", "ncbi/dev", "ncbi/test/0"])
def test_what_is_no_split_is_told_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match=rf"one of its splits, such as ncbi/train; found '{name}'"):
        read_split_name(name)


def test_a_row_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="ncbj"):
        read_split_name("ncbj/test")
