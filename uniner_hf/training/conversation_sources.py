"""Conversations that are trained on as they are: Pile-NER as published, and files of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from uniner_hf.builders.pile_ner import FILE_NAME, load_pile_ner
from uniner_hf.conversations import CONVERSATIONS
from uniner_hf.schema import Message
from uniner_hf.training.exclusions import Exclusions
from uniner_hf.training.recipe_values import checked_values
from uniner_hf.training.rows import conversation_of, split_conversation
from uniner_hf.training.sampling import sampled
from uniner_hf.training.set_options import check_size
from uniner_hf.training.source_rows import check_name, check_source, source_rows

PUBLISHED = {"pile_ner_type": "type", "pile_ner_definition": "definition"}

_BEFORE_PASSAGE = re.compile(r"(?:Dataset: .*?\n\s*)?Text:\s*")


@dataclass(frozen=True, slots=True)
class ConversationOptions:
    """Where conversations come from, and how they enter the mixture.

    Args:
        source: a file (`.json`, `.jsonl` or `.parquet`), a folder or the id of a data set on the Hub, with a column
            `messages` (`role`, `content`) or `conversations` (`from`, `value`). Default, for `pile_ner_type` and
            `pile_ner_definition` alone: the folder of that name in `data_dir`, and where it is not there, the Hub.
        split: of a folder or a data set on the Hub, default `"train"`.
        max_conversations: how many of those that are left are drawn at most, at random; default all.
        weight: how often the source is drawn relative to its size, as that of a data set; default 1.
    """

    source: str | None = None
    split: str = "train"
    max_conversations: int | None = None
    weight: float = 1.0


def read_conversation_options(name: str, given: Mapping[str, Any] | None) -> ConversationOptions:
    """Return the options that a recipe gives a source of conversations.

    Raises:
        ValueError: an option that does not exist, or no place to read them from.
        FileNotFoundError: no such file.

    Example:
        >>> read_conversation_options("pile_ner_type", {"max_conversations": 1000}).max_conversations
        1000
    """
    if not isinstance(given, Mapping | None):
        raise ValueError(f"Expected for the conversations {name} options such as source: FILE, found {given!r}.")
    said = {key: value for key, value in (given or {}).items() if value is not None}
    options = ConversationOptions(**checked_values(said, (ConversationOptions,), f"the conversations {name}"))
    check_size(name, "max_conversations", options.max_conversations, options.weight)
    check_name("conversations", name)
    if name in PUBLISHED and said.get("split"):
        raise ValueError(f"Expected for {name} no split, found {options.split!r}: it has only one; take it out.")
    if options.source is not None:
        check_source("conversations", name, options.source, said.get("split"))
    elif name not in PUBLISHED:
        raise ValueError(
            f"Expected for the conversations {name} a source, a file or the id of a data set on the Hub, found none; "
            f"add it, or name one of {', '.join(PUBLISHED)}."
        )
    return options


def conversation_rows(
    name: str,
    options: ConversationOptions,
    data_dir: str | PathLike[str] | None,
    exclusions: Exclusions,
    *,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Yield the conversations of a source in the columns of a mixture, each once.

    Args:
        name: of the source; ids begin with it.
        options: where it is, and how much of it is drawn.
        data_dir: folder in which Pile-NER is looked for.
        exclusions: decides what is left out, and counts it.
        seed: of the sample that `max_conversations` asks for.

    Raises:
        ValueError: a row that is no conversation.
        FileNotFoundError: no such file, folder or data set.
    """
    rows: Iterable[Mapping[str, Any]] = _kept(name, options, data_dir, exclusions)
    if options.max_conversations is not None:
        rows = sampled(rows, options.max_conversations, seed, exclusions.counts, f"{name}: beyond max_conversations")
    for row in rows:
        yield dict(row)


def read_messages(row: Mapping[str, Any], place: str) -> list[Message]:
    """Return the turns of a row, whichever of the two layouts it has.

    Args:
        row: with a column `messages` or `conversations`.
        place: what a message calls the row.

    Raises:
        ValueError: neither column, another role, a turn without text, or turns that do not alternate.

    Example:
        >>> turns = [{"from": "human", "value": "Text: Hi."}, {"from": "gpt", "value": "I've read this text."}]
        >>> read_messages({"conversations": turns}, "mine.jsonl, row 1")[0]
        Message(role='user', content='Text: Hi.')
    """
    if not any(isinstance(row.get(column), list) for column in CONVERSATIONS):
        if row.get("entities") is not None:
            raise ValueError(
                f"{place}: expected a conversation (messages), found a passage (entities); move its source from "
                "conversations to passages."
            )
        raise ValueError(
            f"{place}: expected a column messages (role, content) or conversations (from, value) with a list of "
            f"turns, found {', '.join(row)}; rename the column."
        )
    try:
        messages = conversation_of(row)
        split_conversation(messages)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    return messages


def passage_text(opening: Sequence[Message]) -> str:
    """Return the passage that a conversation is about.

    Args:
        opening: the turns that present it, the system message first.

    Example:
        >>> passage_text([Message("system", ""), Message("user", "Dataset: conllpp \\n Text: Hi.")])
        'Hi.'
    """
    return _BEFORE_PASSAGE.sub("", opening[1].content, count=1)


def _kept(
    name: str, options: ConversationOptions, data_dir: str | PathLike[str] | None, exclusions: Exclusions
) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_rows(name, options, data_dir)):
        messages = read_messages(row, f"{options.source or name}, row {number + 1}")
        opening, turns = split_conversation(messages)
        text = passage_text(opening)
        if not exclusions.leaves_out_conversation(text, turns, name):
            one = {"id": f"{name}/{options.split}/{number}", "text": text, "entities": []}
            turns_as_rows = [{"role": message.role, "content": message.content} for message in messages]
            yield {**one, "messages": turns_as_rows, "types": [], "foreign_types": []}


def _rows(
    name: str, options: ConversationOptions, data_dir: str | PathLike[str] | None
) -> Iterator[Mapping[str, Any]]:
    if name not in PUBLISHED:
        yield from source_rows("conversations", name, str(options.source), options.split)
        return
    folder = None if data_dir is None else Path(data_dir) / name
    local = folder if folder is not None and (folder / FILE_NAME).is_file() else None
    yield from load_pile_ner(PUBLISHED[name], split="train", data_dir=options.source or local)
