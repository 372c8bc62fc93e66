"""The attention mask under which the questions of a passage share it without seeing each other."""

from __future__ import annotations

import torch

PADDING = -1


def question_mask(
    segments: torch.Tensor,
    *,
    bidirectional: bool,
    independent: bool = True,
    documents: torch.Tensor | None = None,
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """Return an additive mask in which a token sees the passage and its own question up to itself.

    It is additive because eager attention silently misreads a boolean mask of four dimensions.

    Args:
        segments: `(batch, length)`: 0 in the passage, the number of the question after it, -1 for padding.
        bidirectional: whether a token of the passage sees all of it, or only what precedes.
        independent: whether questions are hidden from each other (default), or see those before.
        documents: `(batch, length)`, the number of each token's document where a row holds several, which are hidden
            from each other; default one.
        dtype: of the mask.

    Returns:
        `(batch, 1, length, length)`: 0 where the row's token sees the column's, a large negative number elsewhere.

    Example:
        >>> mask = question_mask(torch.tensor([[0, 0, 1, 2]]), bidirectional=True)
        >>> (mask[0, 0] == 0).int().tolist()
        [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]]
    """
    row, column = segments[:, :, None], segments[:, None, :]
    length = segments.shape[1]
    past = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
    before = (row > 0) & (column == 0) if independent else (row > column) & (column != PADDING)
    seen = (row == column) & past | before
    if bidirectional:
        seen = seen | (row == 0) & (column == 0)
    if documents is not None:
        seen = seen & (documents[:, :, None] == documents[:, None, :])
    return additive(seen, dtype)


def additive(seen: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return a boolean mask `(batch, rows, columns)` as an additive one with a dimension for the heads.

    Example:
        >>> additive(torch.tensor([[[True, False]]]), torch.float32)[0, 0, 0, 0].item()
        0.0
    """
    # The least bfloat16 is finite in float32 and survives autocast; float32's own least would become -inf there.
    least = max(torch.finfo(torch.bfloat16).min, torch.finfo(dtype).min)
    return torch.full(seen.shape, least, dtype=dtype, device=seen.device).masked_fill_(seen, 0.0)[:, None]
