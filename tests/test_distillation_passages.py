"""Passages of documents, and the test texts that they must not overlap."""

from collections import Counter
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from uniner_hf.distillation.documents import Document
from uniner_hf.distillation.passage_filters import PassageFilter
from uniner_hf.distillation.passages import benchmark_texts, passages_of


class Everything(PassageFilter):
    """Leaves nothing out."""

    def reason(self, text: str) -> None:
        return None


def test_a_passage_is_within_the_bound_without_the_white_space_at_its_ends() -> None:
    vocabulary = {"?": 0, "Ġ": 1, "a": 2, "b": 3, "Ġa": 4, "Ġab": 5}
    tokenizer = Tokenizer(models.BPE(vocabulary, [("Ġ", "a"), ("Ġa", "b")], unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    left_out: Counter[str] = Counter()
    documents = [Document(0, "0", "a ab ab", "")]  # " ab" is one token, "ab" two
    found = list(passages_of(documents, "mine", tokenizer, Everything(), left_out, max_tokens=1))
    assert [(one["text"], one["start"], one["end"]) for one in found] == [("a", 0, 1)]
    assert left_out == {"more tokens without the white space at its ends": 2}


def test_a_set_is_its_rows_and_no_name_is_what_is_there(tmp_path: Path) -> None:
    for folder in ("ai", "music"):
        (tmp_path / "crossner" / folder).mkdir(parents=True)
        (tmp_path / "crossner" / folder / "test.txt").write_text(f"In\tO\n{folder}\tO\n\n", encoding="utf-8")
    assert sorted(benchmark_texts(tmp_path)) == ["In ai", "In music"]
    assert list(benchmark_texts(tmp_path, ["crossner_music"])) == ["In music"]
    with pytest.raises(FileNotFoundError, match="test file of crossner_literature"):
        list(benchmark_texts(tmp_path, ["crossner"]))


def test_a_folder_without_test_files_is_no_folder_of_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Expected test files of the benchmark"):
        list(benchmark_texts(tmp_path))


def test_no_such_set(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nonesuch"):
        list(benchmark_texts(tmp_path, ["nonesuch"]))
