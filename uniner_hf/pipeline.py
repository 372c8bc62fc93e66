"""The task "universal-ner" of `transformers.pipeline`: entities of the types that you name, with their exact place."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property, lru_cache
from typing import Any

from torch.utils.data import Dataset
from transformers.pipelines.base import ChunkPipeline

from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.batching import answered_in_order
from uniner_hf.decoding.engine import answer_passages, choose_engine, positions
from uniner_hf.decoding.merging import merge_windows
from uniner_hf.decoding.options import Options, check_integer
from uniner_hf.decoding.prompt_tokens import bidirectional_passage
from uniner_hf.decoding.published import as_trained
from uniner_hf.decoding.scores import ScoreScale
from uniner_hf.decoding.sentence_windows import sentence_windows
from uniner_hf.decoding.windows import windows

WINDOWS_OF_A_TEXT = 8  # that are read at once, where no batch size is given
SPARE = 8  # tokens that a window may have beyond those that the same stretch has within its text

_UNPAIRED_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, as broken JSON holds it: no tokenizer reads it

logger = logging.getLogger(__name__)


class UniversalNERPipeline(ChunkPipeline):
    """Finds the entities of any types that you name, each with its place in the text and a score.

    Each type is one question about the passage, asked with the template of the model. The answer is written greedily
    and limited to spans of the passage between borders of words, so every entity stands in the text as it is given. A
    long text is read in overlapping windows.

    Args:
        model: a causal language model trained on the UniversalNER template (the bundled one by default).
        tokenizer: its tokenizer.
        **kwargs: as for any pipeline, and any option of the call, which then is the default of calls.

    The call takes a text, or a list, a generator or a data set column of texts, and these options:

    Args:
        entity_types: list of types in natural language, or dict `{type: definition}`: the definition is asked instead;
            a list of several wordings in its place has each asked.
        batch_size: windows that are read at once, default 1 for several texts, 8 for one.
        max_new_tokens: tokens of an answer at most, default 256; what does not end there is cut, with a warning.
        threshold: least score of an entity, 0 to 1, default none; or a dict with one for each type.
        occurrences: `"first"` (default: a mention where it was written), or `"all"` places where the mention stands.
        overlaps: `"keep"` (default), or of entities that overlap only the `"longest"` or that of the best `"score"`.
        long_text: `"chunk"` (default), or `"error"` for a text that the model cannot read at once.
        stride: tokens that neighbouring windows share, default 32.
        dataset_name: for checkpoints trained with the dataset-specific template, default none.
        grounded: limit answers to spans of the passage, default yes. Otherwise the model writes what it likes, each
            entity says under `grounding` whether its `word` stands in the text `"exact"`, `"folded"` (but for case,
            accents, spaces and the like) or not (`"ungrounded"`, with `start` and `end` of None).
        votes: share of the wordings of a type that must find an entity, default 0.5; its score is the mean of theirs.
        rules: for some types what a mention must be, `{type: {name: value}}` (`uniner_hf.decoding.rules.Rule`).
        template: `"uniner"` (default: one type a question), or `"all-in-one"` for models that were trained on it, with
            `grounded=False`.
        types_per_question: of the all-in-one template, default 5.
        max_batch_tokens: tokens of a batch at most, default no limit.
        engine: `"auto"` (default: the fastest that the model takes), `"packed"`, `"expanded"` or `"reference"`.

    Returns:
        The list of entities of a text, in order of start; for a list of texts a list of such lists, for a generator or
        a column an iterator of them. `score` is the product of the probabilities, among what the grammar allowed, of
        the tokens that write the mention, of the decision to write one and of its end there.

    Raises:
        TypeError: an argument that is not of its kind, or an unknown option.
        ValueError: a value that is not allowed.

    Example:
        >>> from transformers import pipeline
        >>> ner = pipeline("universal-ner")  # doctest: +SKIP
        >>> ner("Barack Obama was born in Honolulu.", entity_types=["person", "location"])  # doctest: +SKIP
        [{'entity_group': 'person', 'score': 0.992, 'word': 'Barack Obama', 'start': 0, 'end': 12}, ...]
    """

    tokenizer: Any
    _load_tokenizer: Any = True
    _load_processor: Any = False
    _load_image_processor: Any = False
    _load_video_processor: Any = False
    _load_feature_extractor: Any = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tokenizer = as_trained(self.tokenizer)
        self.model.eval()
        # Half precision is for accelerators; on a CPU it is slow and less exact, so there it has to be asked for.
        left_open, quantized = (getattr(self.model, name, False) for name in ("dtype_was_left_open", "is_quantized"))
        if self.device.type == "cpu" and left_open and not quantized:
            self.model.float()

    def __call__(self, inputs: Any, *args: Any, batch_size: int | None = None, **kwargs: Any) -> Any:
        """Return the entities of a text, or of each of several; see the class."""
        if args:
            raise TypeError(f"Expected options by name, such as entity_types=['person'], found {args[0]!r} alone.")
        options = Options.read({**self._preprocess_params, **kwargs})
        at_once = batch_size if batch_size is not None else self._batch_size
        if at_once is not None:
            check_integer("batch_size", at_once, least=1)
        if isinstance(inputs, str):  # nobody waits for anything but its last window
            return next(self._stream([inputs], at_once or WINDOWS_OF_A_TEXT, options))
        at_once = at_once or 1
        entities = self._stream(_texts(inputs), at_once, options)
        return list(entities) if isinstance(inputs, list | tuple) else entities

    def stretches(self, text: str, **options: Any) -> list[tuple[int, int]]:
        """Return the parts of a text that its windows answer for, `(start, end)` in characters.

        They follow one another and cover the text: what stands in none of them was not read.

        Args:
            text: a text.
            **options: as for the call.

        Example:
            >>> ner.stretches("Ada wrote it.", entity_types=["person"])  # doctest: +SKIP
            [(0, 13)]
        """
        read = Options.read({**self._preprocess_params, **options})
        return [chunk["window"].owned for chunk in self.preprocess(text, read)]

    def save_pretrained(self, save_directory: Any, **kwargs: Any) -> None:
        """Write model and tokenizer, and nothing that would ask whoever loads them for `trust_remote_code`."""
        self.model.save_pretrained(save_directory, **kwargs)
        self.tokenizer.save_pretrained(save_directory, **kwargs)

    def push_to_hub(self, *args: Any, **kwargs: Any) -> Any:
        """Push model and tokenizer to the Hub; arguments as for `PreTrainedModel.push_to_hub`."""
        self.tokenizer.push_to_hub(*args, **kwargs)
        return self.model.push_to_hub(*args, **kwargs)

    def _sanitize_parameters(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        # Called once, with the options that are given when the pipeline is made.
        Options.check_names(kwargs)
        return kwargs, {}, {}

    def _stream(self, texts: Iterable[Any], batch_size: int, options: Options) -> Iterator[list[dict[str, Any]]]:
        """Yield the entities of each text; a batch holds windows, of whichever texts."""

        def answer(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
            outputs: Any = self.forward({"chunks": batch}, options=options)  # type: ignore[no-untyped-call]
            return list(outputs["chunks"])

        windows_of_text: list[dict[str, Any]] = []
        for output in answered_in_order(
            (chunk for text in texts for chunk in self.preprocess(text, options)),
            answer,
            length=lambda chunk: chunk["asked"].tokens if chunk["asked"] is not None else 0,
            batch_size=batch_size,
            max_batch_tokens=options.max_batch_tokens,
        ):
            windows_of_text.append(output)
            if output["is_last"]:
                yield self.postprocess(windows_of_text, options)
                windows_of_text = []

    def preprocess(self, text: Any, options: Options) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """Yield the windows of a text, each with all its questions."""
        if not isinstance(text, str):
            raise TypeError(
                f"Expected a text to be a str, found {type(text).__name__}: {text!r:.60}; give the texts themselves "
                "(of a data set, its column)."
            )
        asker = self._asker(options)
        readable = _UNPAIRED_SURROGATE.sub("\ufffd", text)
        limit = self._window_tokens(asker, options)
        encoding = self.tokenizer(readable, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        offsets = encoding["offset_mapping"]
        if len(offsets) > limit and options.long_text == "error":
            raise ValueError(
                f"Expected a text of at most {limit} tokens with long_text='error', found {len(offsets)}; "
                "long_text='chunk' reads it in windows."
            )
        cut = sentence_windows if hasattr(self.model.config, "passage_tokens") else windows
        stretches = list(cut(readable, offsets, limit, min(options.stride, limit // 4)))
        for number, window in enumerate(stretches):
            asked = asker.ask(window.text) if window.text.strip() else None
            yield {"text": text, "window": window, "asked": asked, "is_last": number == len(stretches) - 1}

    def _forward(self, model_inputs: Any, options: Options) -> dict[str, Any]:  # type: ignore[override]
        asked = [chunk["asked"] for chunk in model_inputs["chunks"] if chunk["asked"] is not None]
        pad_token_id = self.tokenizer.pad_token_id or 0  # no token is read there, whichever it is
        answers = iter(
            answer_passages(
                self.model,
                asked,
                pad_token_id=pad_token_id,
                max_new_tokens=options.max_new_tokens,
                engine=self._fastest_engine if options.engine == "auto" else choose_engine(self.model, options.engine),
            )
        )
        by_type = self._asker(options).by_type
        return {
            "chunks": [
                {**chunk, "answers": by_type(next(answers)) if chunk["asked"] is not None else None}
                for chunk in model_inputs["chunks"]
            ]
        }

    def postprocess(self, model_outputs: Any, options: Options) -> list[dict[str, Any]]:  # type: ignore[override]
        """Return the entities of a text from what was written about its windows."""
        answered = [(output["window"], output["answers"]) for output in model_outputs if output["answers"] is not None]
        unfinished = sum(len(answers.unfinished) for _, answers in answered)
        if unfinished:
            logger.warning(
                "%d answers had not ended after max_new_tokens=%d tokens, or at the last position of the model, and "
                "were cut there; raise max_new_tokens, or give shorter texts.",
                unfinished,
                options.max_new_tokens,
            )
        failures = Counter(failure for _, answers in answered for failure in answers.failures)
        if failures:
            logger.warning(
                "%d answers could not be read and are left out: %s.",
                failures.total(),
                ", ".join(f"{count} with {reason}" for reason, count in failures.most_common()),
            )
        scale = ScoreScale(**getattr(self.model.config, "score_scale", {}))
        return merge_windows(model_outputs[0]["text"], answered, options, scale)

    def _asker(self, options: Options) -> Asker:
        return _asker(
            self.tokenizer,
            options.entity_types,
            options.dataset_name,
            grounded=options.grounded,
            types_per_question=options.types_per_question if options.template == "all-in-one" else None,
            bidirectional=bidirectional_passage(self.model.config),
        )

    @cached_property
    def _fastest_engine(self) -> str:
        return choose_engine(self.model)

    def _window_tokens(self, asker: Asker, options: Options) -> int:
        """Return how many tokens of a text the model reads at once, with room for question and answer."""
        available = positions(self.model.config)
        room = available - asker.overhead - min(options.max_new_tokens, available // 4) - SPARE
        limit = min(room, getattr(self.model.config, "passage_tokens", room))
        if limit < 8:
            raise ValueError(
                f"Expected entity types that leave room for a passage in {available} positions, found a question of "
                f"{max(map(len, asker.questions))} tokens; shorten the type or its definition."
            )
        return int(limit)


# Programs ask the same types again and again: their tokens are made once.
_asker = lru_cache(maxsize=8)(Asker)


def _texts(inputs: Any) -> Iterable[Any]:
    """Return an iterable of several texts.

    Raises:
        TypeError: not an iterable, or one that is no collection of texts in an order.
    """
    if isinstance(inputs, Dataset) and not isinstance(inputs, Iterable):
        rows: Any = inputs
        return (rows[index] for index in range(len(rows)))
    if not isinstance(inputs, Iterable) or isinstance(inputs, Mapping | Set | bytes):
        raise TypeError(
            "Expected a text, or a list, a generator or a data set column of texts; found "
            f"{type(inputs).__name__}: {inputs!r:.60}."
        )
    return inputs
