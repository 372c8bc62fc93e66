"""The mask under which questions share a passage."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.decoding.attention import PADDING, question_mask

SEGMENTS = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(
    lambda sizes: [segment for segment, size in enumerate(sizes) for _ in range(size)]
)


def seen(segments: list[int], bidirectional: bool) -> list[list[bool]]:
    mask = question_mask(torch.tensor([segments]), bidirectional=bidirectional)
    assert mask.shape == (1, 1, len(segments), len(segments))
    return (mask[0, 0] == 0).tolist()


@given(segments=SEGMENTS, padding=st.integers(0, 3), bidirectional=st.booleans())
def test_each_token_sees_what_its_question_sees_when_it_is_asked_alone(segments, padding, bidirectional) -> None:
    segments = segments + [PADDING] * padding
    for row, own in enumerate(segments):
        for column, other in enumerate(segments):
            both_ways = bidirectional and own == other == 0
            expected = (other == 0 and own > 0) or (other == own and (column <= row or both_ways))
            assert seen(segments, bidirectional)[row][column] == expected


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_closed_places_are_large_negative_and_finite(dtype: torch.dtype) -> None:
    mask = question_mask(torch.tensor([[0, 1, 2]]), bidirectional=False, dtype=dtype)
    assert mask.dtype == dtype
    assert torch.isfinite(mask).all()
    assert torch.isfinite(mask.bfloat16()).all() or dtype == torch.float16
    assert mask[0, 0, 2, 1] < -6e4
