"""The columns of conversations, whichever builder makes them."""

from __future__ import annotations

import datasets

CONVERSATION_FEATURES = datasets.Features(
    {
        "id": datasets.Value("string"),
        "messages": datasets.List({"role": datasets.Value("string"), "content": datasets.Value("string")}),
    }
)
