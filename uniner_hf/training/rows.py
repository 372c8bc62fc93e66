"""What a row of a training set holds, and which rows are too long.

A row is a passage (`text`, `entities`, optionally `types`: the types that its source annotates, the only ones that may
be asked of it as negatives, and `foreign_types`: types of quite other texts, that it cannot have) or a conversation
(`messages`, each a role and a content).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from uniner_hf.conversations import EOS_TOKEN, SYSTEM_MESSAGE, passage_messages, render
from uniner_hf.decoding.prompt_tokens import opening_ids
from uniner_hf.schema import Message

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase

logger = logging.getLogger(__name__)

CONVERSATION = "messages"
ROOM = 48  # tokens that a question with a short answer takes


def check_columns(source: datasets.Dataset) -> None:
    """Raise ValueError unless the rows are passages or conversations."""
    columns = source.column_names
    if CONVERSATION not in columns and not {"text", "entities"} <= set(columns):
        raise ValueError(
            "Expected a data set with the columns text and entities (passages), or messages (conversations); found "
            f"{', '.join(columns)}; rename them, or load the set with uniner_hf.load_benchmark or load_pile_ner."
        )


def mentions_by_type(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the mentions of each entity type of a passage, in text order.

    Example:
        >>> mentions_by_type({"entities": [{"type": "city", "text": "Rome", "start": 0, "end": 4}]})
        {'city': ['Rome']}
    """
    mentions: dict[str, list[str]] = {}
    for entity in sorted(row["entities"], key=lambda entity: (entity["start"], entity["end"])):
        mentions.setdefault(entity["type"], []).append(entity["text"])
    return mentions


def type_frequencies(source: datasets.Dataset) -> Counter[str]:
    """Count the mentions of each entity type in rows of passages."""
    frequencies: Counter[str] = Counter()
    for batch in source.select_columns(["entities"]).iter(batch_size=1000):
        for entities in batch["entities"]:
            frequencies.update(entity["type"] for entity in entities)
    return frequencies


def split_conversation(messages: Sequence[Mapping[str, str]]) -> tuple[list[Message], list[tuple[str, str]]]:
    """Return the turns that present the passage, and the questions with their answers.

    The system message of the template comes first where the conversation brings none, since inference renders it.

    Args:
        messages: an optional system message, the passage and the turn that has read it, then questions and answers.

    Raises:
        ValueError: the turns do not alternate, or a question has no answer.

    Example:
        >>> read = {"role": "assistant", "content": "I've read this text."}
        >>> opening, turns = split_conversation([{"role": "user", "content": "Text: Hi."}, read])
        >>> [message.role for message in opening], turns
        (['system', 'user', 'assistant'], [])
    """
    turns = [Message(message["role"], message["content"]) for message in messages]  # type: ignore[arg-type]
    if not turns or turns[0].role != "system":
        turns.insert(0, Message("system", SYSTEM_MESSAGE))
    roles = [turn.role for turn in turns[1:]]
    if len(roles) < 2 or roles != ["user", "assistant"] * (len(roles) // 2):
        raise ValueError(
            "Expected a conversation of user and assistant turns that alternate, after an optional system message, "
            f"found the roles {[message['role'] for message in messages]}; correct the row or leave it out."
        )
    return turns[:3], [(turns[i].content, turns[i + 1].content) for i in range(3, len(turns), 2)]


def without_long_passages(
    source: datasets.Dataset, tokenizer: PreTrainedTokenizerBase, max_length: int | None
) -> datasets.Dataset:
    """Leave out the rows whose passage has no room for a question within `max_length` tokens; the log counts them.

    Raises:
        ValueError: no row is left.
    """
    if max_length is None:
        return source
    batches = source.iter(batch_size=1000)
    lengths = [length for batch in batches for length in passage_lengths(batch, tokenizer)]
    fitting = [index for index, length in enumerate(lengths) if length + ROOM <= max_length]
    if not fitting:
        raise ValueError(
            f"Expected a passage that leaves room for a question within max_length={max_length} tokens, found none in "
            f"{len(source)} rows; raise max_length, or cut the passages."
        )
    if len(fitting) < len(source):
        left_out = len(source) - len(fitting)
        logger.warning("left out: %d of %d passages, too long for max_length=%d", left_out, len(source), max_length)
    return source.select(fitting) if len(fitting) < len(source) else source


def passage_lengths(batch: Mapping[str, Any], tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Return the number of tokens of each row of a batch before its first question."""
    if CONVERSATION in batch:
        openings = [split_conversation(messages)[0] for messages in batch[CONVERSATION]]
    else:
        openings = [passage_messages(text) for text in batch["text"]]
    texts = [render(opening, eos_token=tokenizer.eos_token or EOS_TOKEN).text for opening in openings]
    first = len(opening_ids(tokenizer))
    return [first + len(ids) for ids in tokenizer(texts, add_special_tokens=False, verbose=False).input_ids]
