"""Settings of the training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, get_args

from trl import SFTConfig

from uniner_hf.distillation.negatives import NegativeSampling

_CHOICES: dict[str, tuple[str, ...]] = {
    "question_attention": ("conversation", "independent"),
    "negatives": get_args(NegativeSampling),
    "loss_on": ("answers", "assistant"),
    "template": ("conversation", "dataset-specific", "definition", "all-in-one"),
    "train_sampling_strategy": ("random", "sequential", "group_by_length"),
    "loss_vocabulary": ("full", "passage"),
}

# Settings of `trl.SFTConfig` that would have no effect here, or a wrong one: the only value allowed, and the way out.
_FIXED: dict[str, tuple[object, str]] = {
    "assistant_only_loss": (False, "use loss_on"),
    "completion_only_loss": (None, "use loss_on"),
    "packing_strategy": ("bfd", "documents are never cut"),
    "eval_packing": (None, "evaluation pads its batches"),
    "pad_to_multiple_of": (None, "rows are padded to the longest of their batch"),
    "truncation_mode": ("keep_start", "questions beyond max_length are asked in another conversation"),
    "chat_template_path": (None, "the template is the package's own"),
    "dataset_kwargs": (None, "conversations are made on the fly"),
    "loss_type": ("nll", "no other loss is offered"),
    "label_smoothing_factor": (0.0, "no other loss is offered"),
    "remove_unused_columns": (False, "the columns are those that the collator needs"),
}


@dataclass
class UniNERConfig(SFTConfig):
    """Settings of `UniNERTrainer`: those of `trl.SFTConfig`, and how conversations are made and learnt.

    Args:
        question_attention: `"conversation"` (default, the paper's): the questions of a passage follow each other and
            each sees those before. `"independent"`: each sees the passage and itself only, at the positions it has
            when it is asked alone, which is what inference asks.
        negatives: how types that a passage lacks are drawn: `"frequency"` (default, the paper's best), `"uniform"` or
            `"none"`.
        negative_frequency_power: to which frequencies are raised in `"frequency"`, default 1 as in the paper; less
            asks rare types more often.
        negatives_per_passage: how many at most, default 5; drawn anew each epoch.
        negatives_ratio: how many for each type that the passage has, in the place of `negatives_per_passage`; at least
            one a passage. Default none.
        foreign_negatives_per_passage: how many more at most are drawn from the `foreign_types` of a row, default 0.
        loss_on: `"answers"` (default, the paper's Figure 2) or `"assistant"`, which also trains the fixed turn.
        loss_vocabulary: `"full"` (default), or `"passage"`: the softmax runs over the tokens of the row and
            those of lists, among which constrained decoding chooses; not with packing.
        template: `"conversation"` (default: one question a type), `"dataset-specific"` (the passage is presented with
            the name of its data set, which its id begins with), `"definition"` (a type is asked by its definition) or
            `"all-in-one"` (one question for all types); paper, sections 4.2 and 5.2.
        definitions: of entity types, `{type: definition}`, for the definition template; a type without one is asked
            by its name. Default none.
        type_paraphrases: other names for entity types, `{type: [name, ...]}`, default none.
        paraphrase_rate: how often a type with paraphrases is asked by one of them, from 0 to 1, default 0.3.
        letter_case_dropout: how often the letter case of a passage is hidden from a model that takes it, so that it
            also copes with texts in lower case; from 0 to 1, default 0.
        ascii_answers: write characters beyond ASCII as `\\uXXXX`, default as they are.
        eval_generation: measure by generation what the model finds in the passages of `eval_dataset`, besides the
            loss; default yes.

    Raises:
        ValueError: a value that is not among those named, or a setting of `trl.SFTConfig` that has no place here.

    Example:
        >>> UniNERConfig("out", question_attention="independent", bf16=False).negatives
        'frequency'
    """

    question_attention: str = field(default="conversation", metadata={"help": "conversation or independent"})
    negatives: str = field(default="frequency", metadata={"help": "frequency, uniform or none"})
    negative_frequency_power: float = field(default=1.0, metadata={"help": "power of the frequencies"})
    negatives_per_passage: int = field(default=5, metadata={"help": "negative types drawn for each passage"})
    foreign_negatives_per_passage: int = field(default=0, metadata={"help": "negatives drawn from foreign_types"})
    negatives_ratio: float | None = field(default=None, metadata={"help": "negatives for each type of the passage"})
    template: str = field(default="conversation", metadata={"help": "conversation, dataset-specific, definition, ..."})
    definitions: dict[str, Any] | None = field(default=None, metadata={"help": "{type: definition}"})
    loss_on: str = field(default="answers", metadata={"help": "answers or assistant"})
    loss_vocabulary: str = field(default="full", metadata={"help": "full or passage"})
    type_paraphrases: dict[str, Any] | None = field(default=None, metadata={"help": "{type: [other name, ...]}"})
    paraphrase_rate: float = field(default=0.3, metadata={"help": "share of questions asked by a paraphrase"})
    letter_case_dropout: float = field(default=0.0, metadata={"help": "share of passages read without letter case"})
    ascii_answers: bool = field(default=False, metadata={"help": "write characters beyond ASCII as escapes"})
    eval_generation: bool = field(default=True, metadata={"help": "evaluate by generation, besides the loss"})
    remove_unused_columns: bool = field(default=False, metadata={"help": "fixed: the collator names its columns"})

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_combinations()
        self._check_numbers()
        self._check_names()
        super().__post_init__()  # type: ignore[no-untyped-call]
        self._check_fixed()

    def _check_choices(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"Expected {name} to be one of {', '.join(allowed)}; found {getattr(self, name)!r}.")

    def _check_combinations(self) -> None:
        together = "packing" if self.packing else "padding_free" if self.padding_free else None
        if together and self.loss_vocabulary == "passage":
            raise ValueError(
                f"Expected loss_vocabulary='full' with {together}, found 'passage': a row holds several passages."
            )
        if self.padding_free and self.question_attention == "independent":
            raise ValueError(
                "Expected question_attention='conversation' with padding_free, found 'independent', whose mask needs "
                "rows; use packing."
            )
        if self.packing and self.max_length is None:
            raise ValueError("Expected max_length, the length of a packed row, found None; set it.")
        if self.packing and self.train_sampling_strategy != "random":
            raise ValueError(
                f"Expected train_sampling_strategy='random' with packing, found {self.train_sampling_strategy!r}: "
                "packed rows are equally long."
            )
        if self.definitions and self.template != "definition":
            raise ValueError(f"Expected template='definition' with definitions, found {self.template!r}; set it.")
        if self.template == "definition" and not self.definitions:
            raise ValueError("Expected definitions with template='definition', found none; give {type: definition}.")

    def _check_numbers(self) -> None:
        for name in ("paraphrase_rate", "letter_case_dropout"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"Expected {name} from 0 to 1, found {getattr(self, name)!r}.")
        for name in ("negative_frequency_power", "negatives_per_passage", "foreign_negatives_per_passage"):
            if getattr(self, name) < 0:
                raise ValueError(f"Expected {name} of at least 0, found {getattr(self, name)!r}.")
        if self.negatives_ratio is not None and self.negatives_ratio <= 0:
            raise ValueError(f"Expected negatives_ratio above 0, found {self.negatives_ratio!r}.")

    def _check_names(self) -> None:
        for entity_type, text in (self.definitions or {}).items():
            if not (isinstance(text, str) and text):
                raise ValueError(f"Expected definitions[{entity_type!r}] to be a text, found {text!r}.")
        for entity_type, names in (self.type_paraphrases or {}).items():
            if not (isinstance(names, list) and names and all(isinstance(name, str) and name for name in names)):
                raise ValueError(f"Expected type_paraphrases[{entity_type!r}] to be a list of names, found {names!r}.")

    def _check_fixed(self) -> None:
        for name, (value, way_out) in _FIXED.items():
            if getattr(self, name) != value:
                raise ValueError(f"Expected {name}={value!r}, found {getattr(self, name)!r}: {way_out}.")
