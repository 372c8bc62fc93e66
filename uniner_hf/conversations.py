"""An annotated passage as a conversation, and a conversation as the exact string that a model reads.

Training and inference call the same functions, so that a model is asked what it was taught. The default template is
that of the published checkpoints (https://github.com/universal-ner/universal-ner, arXiv 2308.03279, section 4.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, Template, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from uniner_hf.schema import AnnotatedPassage, Entity, Message

SYSTEM_MESSAGE = "A virtual assistant answers questions from a user based on the provided text."
READ_MESSAGE = "I've read this text."
EOS_TOKEN = "</s>"

# Who speaks in Pile-NER as published, and the roles of messages.
SPEAKERS = {"human": "user", "gpt": "assistant"}
# The column of a conversation, and in its turns the keys of who speaks and of what is said.
CONVERSATIONS = {"messages": ("role", "content"), "conversations": ("from", "value")}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A conversation as one string, with the spans that the assistant writes.

    Args:
        text: the string, without a token that opens the sequence.
        generated: `(start, end)` in characters of each assistant turn, its leading space and its end token included;
            the first one is the fixed turn that follows the passage.
    """

    text: str
    generated: tuple[tuple[int, int], ...]


def passage_messages(text: str, dataset_name: str | None = None) -> list[Message]:
    """Return the turns that present a passage, before any question is asked.

    Args:
        text: the passage.
        dataset_name: given to the dataset-specific template of the paper (Figure 3), default none.

    Example:
        >>> [message.content for message in passage_messages("Hi.", dataset_name="conllpp")][1]
        'Dataset: conllpp \\n Text: Hi.'
    """
    dataset = f"Dataset: {dataset_name} \n " if dataset_name is not None else ""
    return [
        Message("system", SYSTEM_MESSAGE),
        Message("user", f"{dataset}Text: {text}"),
        Message("assistant", READ_MESSAGE),
    ]


def question(entity_type: str, definition: str | None = None) -> str:
    """Return the question for one entity type; a definition takes the type's place (definition template).

    Example:
        >>> question("city"), question("city", "a large human settlement")
        ('What describes city in the text?', 'What describes a large human settlement in the text?')
    """
    return f"What describes {definition or entity_type} in the text?"


def all_in_one_question(entity_types: Sequence[str]) -> str:
    """Return the one question that asks for several types at once (all-in-one template).

    The paper reports this variant (section 5.2) without its wording: the wording is ours.

    Example:
        >>> all_in_one_question(["city", "river"])
        'What describes each of these types in the text: city, river?'
    """
    return f"What describes each of these types in the text: {', '.join(entity_types)}?"


def answer(mentions: Iterable[str], *, ascii_only: bool = False) -> str:
    r"""Return the answer that lists mentions in text order, duplicates kept.

    Args:
        mentions: the mentions.
        ascii_only: write other characters as `\uXXXX`, as the published evaluation files do; default as they are.

    Example:
        >>> answer(["São Paulo"]), answer(["São Paulo"], ascii_only=True), answer([])
        ('["São Paulo"]', '["S\\u00e3o Paulo"]', '[]')
    """
    return json.dumps(list(mentions), ensure_ascii=ascii_only)


def all_in_one_answer(entities: Iterable[Entity], *, ascii_only: bool = False) -> str:
    """Return the answer of the all-in-one template: `[mention, type]` pairs in text order.

    Example:
        >>> all_in_one_answer([Entity("city", "Rome", 0, 4)])
        '[["Rome", "city"]]'
    """
    return json.dumps([[entity.text, entity.type] for entity in entities], ensure_ascii=ascii_only)


def conversation(
    passage: AnnotatedPassage,
    entity_types: Sequence[str],
    *,
    definitions: dict[str, str] | None = None,
    dataset_name: str | None = None,
    ascii_only: bool = False,
) -> list[Message]:
    """Return the conversation that asks a passage for one entity type after another, in the order given.

    Args:
        passage: the passage with its gold entities.
        entity_types: the types asked; one that the passage lacks is answered `[]`.
        definitions: a definition for some or all types, asked in the type's place; default none.
        dataset_name: for the dataset-specific template; default none.
        ascii_only: as in `answer`.

    Example:
        >>> passage = AnnotatedPassage("0", "Rome.", (Entity("city", "Rome", 0, 4),))
        >>> [message.content for message in conversation(passage, ["river", "city"])][3:]
        ['What describes river in the text?', '[]', 'What describes city in the text?', '["Rome"]']
    """
    messages = passage_messages(passage.text, dataset_name)
    for entity_type in entity_types:
        mentions = [entity.text for entity in passage.entities if entity.type == entity_type]
        messages.append(Message("user", question(entity_type, (definitions or {}).get(entity_type))))
        messages.append(Message("assistant", answer(mentions, ascii_only=ascii_only)))
    return messages


def all_in_one_conversation(
    passage: AnnotatedPassage,
    entity_types: Sequence[str],
    *,
    dataset_name: str | None = None,
    ascii_only: bool = False,
) -> list[Message]:
    """Return the conversation that asks for all types in one question and is answered by `[mention, type]` pairs.

    Example:
        >>> passage = AnnotatedPassage("0", "Rome.", (Entity("city", "Rome", 0, 4),))
        >>> all_in_one_conversation(passage, ["city", "river"])[-1].content
        '[["Rome", "city"]]'
    """
    asked = [entity for entity in passage.entities if entity.type in entity_types]
    return [
        *passage_messages(passage.text, dataset_name),
        Message("user", all_in_one_question(entity_types)),
        Message("assistant", all_in_one_answer(asked, ascii_only=ascii_only)),
    ]


def render(messages: Sequence[Message], *, eos_token: str = EOS_TOKEN) -> Rendering:
    """Render messages with the chat template of the package.

    Args:
        messages: the conversation; when it ends with a user turn the string ends where the model goes on.
        eos_token: the model's own end token, `</s>` for the published checkpoints.

    Returns:
        The string and the spans of the assistant's turns.

    Example:
        >>> rendering = render([*passage_messages("Hi."), Message("user", question("city"))])
        >>> rendering.text[-60:]
        's text.</s>USER: What describes city in the text? ASSISTANT:'
        >>> [rendering.text[start:end] for start, end in rendering.generated]
        [" I've read this text.</s>"]
    """
    template = _template()
    pieces, spans, length = [], [], 0
    # The template treats each turn by itself, so a turn's span is known by rendering the turns one by one.
    for message in messages:
        turn = {"role": message.role, "content": message.content}
        piece = template.render(messages=[turn], eos_token=eos_token)
        if message.role == "assistant":
            spans.append((length, length + len(piece)))
        pieces.append(piece)
        length += len(piece)
    return Rendering("".join(pieces), tuple(spans))


def render_prompt(text: str, entity_type: str, definition: str | None = None, dataset_name: str | None = None) -> str:
    """Return the exact string that a published checkpoint continues with its answer.

    Args:
        text: the passage.
        entity_type: the entity type asked for.
        definition: asked in place of the type (checkpoints trained on definitions); default none.
        dataset_name: for the dataset-specific template; default none.

    Returns:
        The prompt, without a token that opens the sequence.

    Example:
        >>> render_prompt("Hi.", "city")[:100]
        'A virtual assistant answers questions from a user based on the provided text. USER: Text: Hi. ASSIST'
    """
    messages = [*passage_messages(text, dataset_name), Message("user", question(entity_type, definition))]
    return render(messages).text


def chat_template() -> str:
    """Return the Jinja chat template, with `{% generation %}` marks around what the assistant writes."""
    return files("uniner_hf").joinpath("templates/uniner.jinja").read_text(encoding="utf-8")


class _Generation(Extension):
    """Accepts the `{% generation %}` blocks that transformers' chat templates mark, and renders what they hold."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


@cache
def _template() -> Template:
    return Environment(extensions=[_Generation]).from_string(chat_template())
