"""Answers to many questions about a passage, which is read once.

The questions of a passage stand in one sequence behind it and do not see each other; so do the answers, which grow in
step, one token of each unfinished answer at a time. Each token has the position that it has when its question is asked
alone, so the answers are those of one prompt per question.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils.rnn import pad_sequence

from uniner_hf.decoding.attention import PADDING, additive, question_mask
from uniner_hf.decoding.grammar import AnswerGrammar, AnswerState, Mention
from uniner_hf.decoding.output_rows import call_with_rows, can_be_cut
from uniner_hf.decoding.prompt_tokens import bidirectional_passage, letter_case_types, position_ids
from uniner_hf.decoding.token_bias import token_biases

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel


@dataclass(frozen=True, slots=True)
class AskedPassage:
    """A passage with its questions, as tokens.

    Args:
        passage: token ids up to the first question.
        letter_case: of the tokens of the passage.
        questions: token ids of each question.
        grammar: what its answers may say.
    """

    passage: list[int]
    letter_case: list[int]
    questions: list[list[int]]
    grammar: AnswerGrammar


@dataclass(slots=True)
class _Answer:
    """An answer being written.

    Args:
        row: of the batch.
        segment: of the row.
        state: what it says.
        position: of the next token.
        room: how many tokens may still be written.
        token: the last one that was written.
    """

    row: int
    segment: int
    state: AnswerState
    position: int
    room: int
    token: int = -1


@dataclass(frozen=True, slots=True)
class Answers:
    """What was written about a passage.

    Args:
        mentions: for each question its mentions, in text order.
        unfinished: questions whose answer had not ended at the limit; the mention it was in is not among `mentions`.
    """

    mentions: list[list[Mention]]
    unfinished: list[int]


@torch.inference_mode()
def answer_passages(
    model: PreTrainedModel, passages: Sequence[AskedPassage], *, pad_token_id: int, max_new_tokens: int
) -> list[Answers]:
    """Answer the questions of several passages, greedily.

    Args:
        model: a causal language model that takes an additive attention mask of four dimensions; what the
            `sequence_bias` of its generation settings adds to logits counts.
        passages: the passages, or none; each has a question at least.
        pad_token_id: id of the padding token.
        max_new_tokens: tokens of an answer at most; fewer where the model has no positions for them.
    """
    if not passages:
        return []
    batch = _prefill_batch(model, passages, pad_token_id)
    segments = batch.pop("segments")
    answers = _begun_answers(passages, max_new_tokens, positions(model.config))
    biases = token_biases(model.generation_config)
    cache = _write(model, batch, answers, biases)
    while active := [answer for answer in answers if answer.room and not answer.state.finished]:
        step, segments = _next_tokens(model, active, segments, pad_token_id)
        cache = _write(model, {**step, "past_key_values": cache}, active, biases)
    return [_collected(row, answers) for row in range(len(passages))]


def positions(config: PretrainedConfig) -> int:
    """Return the number of positions of a model; where it does not say, they are not limited."""
    return int(getattr(config, "max_position_embeddings", None) or sys.maxsize)


def _begun_answers(passages: Sequence[AskedPassage], max_new_tokens: int, last_position: int) -> list[_Answer]:
    answers = []
    for row, passage in enumerate(passages):
        for number, question in enumerate(passage.questions):
            start = len(passage.passage) + len(question)
            # What is written last is not read again, and so needs no position.
            room = min(max_new_tokens, last_position - start + 1)
            answers.append(_Answer(row, number + 1, AnswerState(passage.grammar), start, room))
    return answers


def _prefill_batch(
    model: PreTrainedModel, passages: Sequence[AskedPassage], pad_token_id: int
) -> dict[str, torch.Tensor]:
    """Return the inputs for passages and questions, and `segments`, padded on the right."""
    rows = [passage.passage + [token for question in passage.questions for token in question] for passage in passages]
    row_segments = [
        [0] * len(passage.passage)
        + [number + 1 for number, question in enumerate(passage.questions) for _ in question]
        for passage in passages
    ]
    segments = _padded(row_segments, PADDING, model)
    batch = {
        "input_ids": _padded(rows, pad_token_id, model),
        "segments": segments,
        "position_ids": _padded([position_ids(one) for one in row_segments], 0, model),
        "attention_mask": question_mask(
            segments, bidirectional=bidirectional_passage(model.config), dtype=model.dtype
        ),
        "logits_to_keep": _question_ends(segments),
    }
    if letter_case_types(model.config):
        case = [
            passage.letter_case + [0] * (len(row) - len(passage.passage))
            for passage, row in zip(passages, rows, strict=True)
        ]
        batch["token_type_ids"] = _padded(case, 0, model)
    return batch


def _padded(rows: Sequence[list[int]], value: int, model: PreTrainedModel) -> torch.Tensor:
    tensors = [torch.tensor(row, dtype=torch.long) for row in rows]
    return pad_sequence(tensors, batch_first=True, padding_value=value).to(model.device)


def _question_ends(segments: torch.Tensor) -> torch.Tensor:
    """Return where the last token of each question is: there the first token of its answer is predicted."""
    following = torch.cat([segments[:, 1:], torch.full_like(segments[:, :1], PADDING)], dim=1)
    return (segments > 0) & (following != segments)


def _next_tokens(
    model: PreTrainedModel, active: Sequence[_Answer], segments: torch.Tensor, pad_token_id: int
) -> tuple[dict[str, Any], torch.Tensor]:
    """Return the inputs that write one more token of each active answer, and the segments of all tokens so far."""
    by_row: list[list[_Answer]] = [[] for _ in range(segments.shape[0])]
    for answer in active:
        by_row[answer.row].append(answer)
    new = _padded([[answer.segment for answer in row] for row in by_row], PADDING, model)
    segments = torch.cat([segments, new], dim=1)
    # Whatever an answer sees is in the past, so its own segment and the passage are all of it.
    seen = (segments[:, None, :] == new[:, :, None]) | (segments[:, None, :] == 0)
    inputs = {
        "input_ids": _padded([[answer.token for answer in row] for row in by_row], pad_token_id, model),
        "position_ids": _padded([[answer.position for answer in row] for row in by_row], 0, model),
        "attention_mask": additive(seen, model.dtype),
        "logits_to_keep": new != PADDING,
    }
    for answer in active:
        answer.position += 1
    return inputs, segments


def _write(
    model: PreTrainedModel, inputs: dict[str, Any], answers: Sequence[_Answer], biases: Mapping[int, float]
) -> Any:
    """Run the model, write the likeliest token that the grammar allows to each answer, and return the cache."""
    allowed = [answer.state.allowed() for answer in answers]
    tokens = sorted(set().union(*allowed))
    columns = torch.tensor(tokens, device=model.device)
    inputs = {**inputs, "use_cache": True}
    if can_be_cut(model):
        output = call_with_rows(model, columns, inputs)
        logits = output.logits
    else:
        output = model(**inputs)
        logits = output.logits[..., columns]
    logits = logits.float().cpu() + torch.tensor([biases.get(token, 0.0) for token in tokens])
    _choose(answers, allowed, {token: column for column, token in enumerate(tokens)}, logits)
    return output.past_key_values


def _choose(
    answers: Sequence[_Answer], allowed: Sequence[list[int]], columns: Mapping[int, int], logits: torch.Tensor
) -> None:
    """Write a token to each answer; `logits` has a row for each, in which `columns` tells the place of a token."""
    for answer, tokens, row in zip(answers, allowed, logits, strict=True):
        chances = row[[columns[token] for token in tokens]].softmax(dim=0).tolist()
        probabilities = dict(zip(tokens, chances, strict=True))
        answer.token = max(probabilities, key=probabilities.__getitem__)
        answer.room -= 1
        answer.state.advance(answer.token, probabilities)


def _collected(row: int, answers: Sequence[_Answer]) -> Answers:
    own = [answer for answer in answers if answer.row == row]
    return Answers(
        [answer.state.mentions for answer in own],
        [answer.segment - 1 for answer in own if not answer.state.finished],
    )
