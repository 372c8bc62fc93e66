"""Examples as one padded batch."""

import torch

from uniner_hf.decoding.attention import PADDING, question_mask
from uniner_hf.training.collator import QuestionCollator

SHORT = {"input_ids": [5, 6], "labels": [-100, 6], "segments": [0, 1], "position_ids": [0, 1], "letter_case": [1, 0]}
LONG = {
    "input_ids": [7, 8, 9],
    "labels": [-100, 8, 9],
    "segments": [0, 1, 2],
    "position_ids": [0, 1, 1],
    "letter_case": [2, 0, 0],
}


def collated(independent: bool, letter_case: bool) -> dict[str, torch.Tensor]:
    collator = QuestionCollator(3, independent=independent, bidirectional=independent, letter_case=letter_case)
    return collator([SHORT, LONG])


def test_rows_are_padded_on_the_right_and_padding_is_not_learnt() -> None:
    batch = collated(independent=False, letter_case=False)
    assert sorted(batch) == ["attention_mask", "input_ids", "labels", "position_ids"]
    assert batch["input_ids"].tolist() == [[5, 6, 3], [7, 8, 9]]
    assert batch["labels"].tolist() == [[-100, 6, -100], [-100, 8, 9]]
    assert batch["attention_mask"].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert batch["position_ids"].tolist() == [[0, 1, 0], [0, 1, 1]]


def test_independent_questions_get_a_mask_of_four_dimensions() -> None:
    batch = collated(independent=True, letter_case=False)
    expected = question_mask(torch.tensor([[0, 1, PADDING], [0, 1, 2]]), bidirectional=True)
    assert torch.equal(batch["attention_mask"], expected)


def test_letter_case_goes_to_the_token_types() -> None:
    assert collated(independent=True, letter_case=True)["token_type_ids"].tolist() == [[1, 0, 0], [2, 0, 0]]
