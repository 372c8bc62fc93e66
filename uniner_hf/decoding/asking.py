"""A window of a text and its questions, made ready for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from uniner_hf.conversations import EOS_TOKEN, passage_messages, question, render
from uniner_hf.decoding.answer_tokens import AnswerTokens
from uniner_hf.decoding.engine import AskedPassage
from uniner_hf.decoding.grammar import AnswerGrammar
from uniner_hf.decoding.prompt_tokens import PromptTokens, prompt_tokens
from uniner_hf.schema import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class Asker:
    """Puts passages and questions into tokens.

    Args:
        tokenizer: of the model.
        entity_types: the types asked, each with the definition that is asked in its place, or None.
        dataset_name: for the dataset-specific template, default none.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        entity_types: Sequence[tuple[str, str | None]],
        dataset_name: str | None = None,
    ) -> None:
        self.tokenizer, self.dataset_name = tokenizer, dataset_name
        self.eos_token = tokenizer.eos_token or EOS_TOKEN
        self.questions = [self._question(*entity_type) for entity_type in entity_types]
        self._answer_tokens = AnswerTokens(tokenizer, self.eos_token)

    def ask(self, text: str) -> AskedPassage:
        """Return the tokens of a passage with its questions."""
        tokens = self._tokens(passage_messages(text, self.dataset_name))
        return AskedPassage(
            tokens.input_ids, tokens.letter_case, self.questions, AnswerGrammar(text, self._answer_tokens)
        )

    @cached_property
    def overhead(self) -> int:
        """The tokens of a prompt besides those of its passage."""
        return len(self.ask("").passage) + max(map(len, self.questions))

    def _tokens(self, messages: list[Message]) -> PromptTokens:
        return prompt_tokens(self.tokenizer, render(messages, eos_token=self.eos_token))

    def _question(self, entity_type: str, definition: str | None) -> list[int]:
        # Where it stands, behind the turn that has read the passage: elsewhere tokenizers may begin it otherwise.
        tokens = self._tokens([*passage_messages(""), Message("user", question(entity_type, definition))])
        return tokens.input_ids[tokens.segments.index(1) :]
