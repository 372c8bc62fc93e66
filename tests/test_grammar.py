"""What an answer may say: spans of the passage, whatever the tokenizer makes of them."""

import json
from collections import defaultdict
from copy import copy
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_checkpoints import byte_level, sentencepiece_tokenizer, template_wordpiece
from tiny_models import llama_tokenizer, wordpiece_tokenizer

from uniner_hf.decoding.answer_tokens import AnswerTokens
from uniner_hf.decoding.answering import Mention
from uniner_hf.decoding.grammar import MAX_UNITS, AnswerGrammar, GroundedAnswer, candidate_spans
from uniner_hf.grounding import word_spans

LEAD = "ASSISTANT:"
EXACT = {"bpe": llama_tokenizer(), "byte level": byte_level(), "sentencepiece": sentencepiece_tokenizer()}
FOLDING = {"template": template_wordpiece(), "word piece": wordpiece_tokenizer()}
TOKENIZERS: dict[str, Any] = EXACT | FOLDING
ANSWER_TOKENS = {name: AnswerTokens(tokenizer, "</s>") for name, tokenizer in TOKENIZERS.items()}
exactly = pytest.mark.parametrize("name", EXACT)
always = pytest.mark.parametrize("name", TOKENIZERS)

PIECES = [
    "Ada",
    "ada",
    "Yahoo!",
    "U.S.",
    "São",
    "9",
    '"',
    "\\",
    "[]",
    '", "',
    '"]',
    "</s>",
    "ASSISTANT:",
    "USER: Text:",
]
PIECES += ["\\u00e9", "北京", "👩\u200d💻", "🇫🇷", "e\u0301", "\ufffd", "\u200b", ".", ",", "-", " ", "  ", "\n", "\t"]
PASSAGES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
SEEDS = st.integers(0, 999)


def walk(text: str, name: str, seed: int) -> tuple[GroundedAnswer, list[int]]:
    """Write an answer by chance; return it with its tokens, save those that are bound to end it."""
    random, tokens = Random(seed), []
    state = GroundedAnswer(AnswerGrammar(text, ANSWER_TOKENS[name]))
    while not state.finished:
        allowed = state.allowed()
        assert allowed and len(set(allowed)) == len(allowed)
        tokens.append(random.choice(allowed))
        state.advance(tokens[-1], dict.fromkeys(allowed, 1 / len(allowed)))
    return state, tokens


def read(text: str, tokens: list[int], name: str) -> list[tuple[int, int]]:
    """Return the spans of an answer that is given as tokens, each of which must be allowed."""
    state = GroundedAnswer(AnswerGrammar(text, ANSWER_TOKENS[name]))
    for token in tokens:
        if not state.finished:
            allowed = state.allowed()
            assert token in allowed, (text, TOKENIZERS[name].convert_ids_to_tokens(tokens))
            state.advance(token, dict.fromkeys(allowed, 1 / len(allowed)))
    assert state.finished
    return [mention.span for mention in state.mentions]


def tokenised(name: str, text: str) -> list[int]:
    return TOKENIZERS[name](text, add_special_tokens=False).input_ids


def answered(name: str, mentions: list[str], ascii_only: bool = False) -> list[int]:
    """Return the tokens of an answer as they stand when the whole string is tokenised."""
    lead, answer = tokenised(name, LEAD), json.dumps(mentions, ensure_ascii=ascii_only)
    whole = tokenised(name, f"{LEAD} {answer}</s>")
    assert whole[: len(lead)] == lead
    return whole[len(lead) :]


def some_mentions(text: str, seed: int) -> list[tuple[int, int]]:
    """Return spans by chance, each the first of its kind behind the one before."""
    random, spans = Random(seed), candidate_spans(text)
    chosen: list[tuple[int, int]] = []
    while spans and random.random() < 0.7:
        start, end = random.choice(spans)
        chosen.append(next(span for span in spans if text[slice(*span)] == text[start:end]))
        spans = [span for span in spans if span[0] >= chosen[-1][1]]
    return chosen


def texts(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


@always
@given(text=PASSAGES, seed=SEEDS)
def test_spans_are_candidates_in_text_order_and_do_not_overlap(name, text, seed) -> None:
    state, _ = walk(text, name, seed)
    spans = [mention.span for mention in state.mentions]
    assert set(spans) <= set(candidate_spans(text))
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert all(0 < mention.probability <= 1 for mention in state.mentions)


@exactly
@given(text=PASSAGES, seed=SEEDS)
def test_what_is_written_is_a_json_list_of_the_mentions(name, text, seed) -> None:
    # SentencePiece's decoder writes spaces about an end token that stands inside a mention.
    assume(name != "sentencepiece" or "</s>" not in text)
    state, tokens = walk(text, name, seed)
    mentions = texts(text, [mention.span for mention in state.mentions])
    said = TOKENIZERS[name].decode(tokens).rstrip("\ufffd")  # half a character
    # What is bound to end the answer is not written out.
    ends = [json.dumps(mentions[-1:], ensure_ascii=ascii_only) for ascii_only in (False, True)]
    assert mentions in [loaded(said + end[cut:]) for end in ends for cut in range(len(end) + 1)]


def loaded(answer: str) -> Any:
    try:
        return json.loads(answer)
    except json.JSONDecodeError:
        return None


@always
@given(text=PASSAGES, seed=SEEDS, ascii_only=st.booleans())
def test_what_the_tokenizer_makes_of_a_whole_answer_is_allowed_and_says_it(name, text, seed, ascii_only) -> None:
    """A model writes what it was trained on: the tokens of a string in which marks may have joined with mentions."""
    spans = some_mentions(text, seed)
    mentions = texts(text, spans)
    if name == "template":  # there `["` is a token of its own within a mention as well
        spans = [span for span, mention in zip(spans, mentions, strict=True) if not mention.endswith("[")]
        mentions = texts(text, spans)
    found = read(text, answered(name, mentions, ascii_only), name)
    if name in EXACT:
        assert found == spans
    else:  # word pieces spell "Ada" and "ada" alike
        assert [tokenised(name, mention) for mention in texts(text, found)] == [
            tokenised(name, mention) for mention in mentions
        ]


@always
def test_nth_duplicate_is_the_nth_place(name) -> None:
    text = "Ada met Ada, and Ada."
    assert read(text, answered(name, ["Ada"]), name) == [(0, 3)]
    assert read(text, answered(name, ["Ada", "met", "Ada"]), name) == [(0, 3), (4, 7), (8, 11)]
    assert read(text, answered(name, ["Ada", "Ada", "Ada"]), name) == [(0, 3), (8, 11), (17, 20)]
    assert read(text, answered(name, ["and", "Ada"]), name) == [(13, 16), (17, 20)]
    with pytest.raises(AssertionError):
        assert len(read(text, answered(name, ["Ada"] * 4), name)) == 4


@always
def test_words_are_not_cut_and_order_is_kept(name) -> None:
    text = "Paris in Rome."
    for mentions in (["Pari"], ["ris"], ["Rome", "Paris"], ["Paris in", "in"], ["Rome."] * 2, ["Berlin"]):
        with pytest.raises(AssertionError):
            assert texts(text, read(text, answered(name, mentions), name)) == mentions


@always
@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b", "\ufffd"])
def test_nothing_can_be_said_of_a_passage_in_which_nothing_can_be_seen(name, text) -> None:
    assert all(walk(text, name, seed)[0].mentions == [] for seed in range(5))


@always
def test_escapes_of_characters_are_allowed_as_well(name) -> None:
    text = 'The "São Tomé" of 北京 👩\u200d💻 \\ .'
    mentions = ['"São Tomé"', "北京", "👩\u200d💻", "\\"]
    for ascii_only in (False, True):
        assert texts(text, read(text, answered(name, mentions, ascii_only), name)) == mentions


def test_checkpoints_trained_by_the_released_code_write_a_space_before_the_answer() -> None:
    text, name = "Yahoo! is of the U.S.", "sentencepiece"
    space = tokenised(name, f"{LEAD} ")[len(tokenised(name, LEAD)) :]
    assert len(space) == 1
    for mentions in ([], ["Yahoo!"], ["Yahoo!", "U.S."]):
        apart = space + tokenised(name, json.dumps(mentions) + "</s>")
        assert apart != answered(name, mentions)
        assert texts(text, read(text, apart, name)) == mentions


def test_marks_that_join_with_a_mention_are_seen_in_these_tests() -> None:
    for name in ("byte level", "sentencepiece"):
        assert any(
            '!"' in piece for piece in TOKENIZERS[name].convert_ids_to_tokens(answered(name, ["Yahoo!", "Ada"]))
        )


def every_answer(grammar: AnswerGrammar, tokens: tuple[int, ...] = ()) -> list[tuple[list[Mention], float]]:
    """Return all that may be written, with the probability that some model gives to it."""
    state, probability = GroundedAnswer(grammar), 1.0
    for token in (*tokens, None):
        if state.finished:
            return [(state.mentions, probability)]
        allowed = state.allowed()
        random = Random(str(state.mentions) + str(allowed))
        weights = [random.random() for _ in allowed]
        probabilities = {one: weight / sum(weights) for one, weight in zip(allowed, weights, strict=True)}
        if token is not None:
            probability *= probabilities[token]
            state.advance(token, probabilities)
    return [answer for token in allowed for answer in every_answer(grammar, (*tokens, token))]


@always
def test_probability_of_a_mention_is_that_of_all_answers_with_it_among_those_that_began_alike(name) -> None:
    answer_tokens = copy(ANSWER_TOKENS[name])
    answer_tokens.space = None
    answers = every_answer(AnswerGrammar("Ada Yahoo! in", answer_tokens))
    assert len(answers) > 20 and sum(probability for _, probability in answers) == pytest.approx(1)
    beginnings: dict[tuple[tuple[int, int], ...], float] = defaultdict(float)
    for mentions, probability in answers:
        spans = tuple(mention.span for mention in mentions)
        for count in range(len(spans) + 1):
            beginnings[spans[:count]] += probability
    for mentions, _ in answers:
        spans = tuple(mention.span for mention in mentions)
        for count, mention in enumerate(mentions):
            expected = beginnings[spans[: count + 1]] / beginnings[spans[:count]]
            assert mention.probability == pytest.approx(expected)


def test_candidates_reach_from_border_to_border_and_not_too_far() -> None:
    assert texts("in Rome.", candidate_spans("in Rome.")) == ["in", "in Rome", "in Rome.", "Rome", "Rome.", "."]
    assert texts("北京", candidate_spans("北京")) == ["北", "北京", "京"]
    assert texts("👩\u200d💻🇫🇷!", candidate_spans("👩\u200d💻🇫🇷!"))[:2] == ["👩\u200d💻", "👩\u200d💻🇫🇷"]
    assert texts("A$5 (b) $", candidate_spans("A$5 (b) $"))[:3] == ["A", "A$5", "A$5 (b"]
    assert {"A$", "$5 (", ") $"}.isdisjoint(texts("A$5 (b) $", candidate_spans("A$5 (b) $")))
    assert {"$5", "(b)", "$"} <= set(texts("A$5 (b) $", candidate_spans("A$5 (b) $")))
    assert candidate_spans("\u200b\ufeff\ufffd \x00") == []
    words = " ".join(["word"] * 40)
    assert max(len(mention.split()) for mention in texts(words, candidate_spans(words))) == MAX_UNITS


@given(st.text(st.sampled_from("aB1 .,'\"é北ק\u0301\u200d\ufe0f👩💻\U0001f3fd🇫🇷\n"), max_size=20))
def test_no_candidate_cuts_a_word_or_a_character(text) -> None:
    words = word_spans(text)
    for start, end in candidate_spans(text):
        assert text[start:end].strip() == text[start:end] != ""
        for place in (start, end):
            assert not any(first < place < last and text[place:last].strip() for first, last in words)
            inside = 0 < place < len(text) and not text[place - 1].isspace()
            assert not inside or text[place] not in "\u0301\u200d\ufe0f\U0001f3fd"
