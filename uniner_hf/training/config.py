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
    "loss_vocabulary": ("full", "passage"),
}

# Settings of `trl.SFTConfig` that would have no effect here, or a wrong one: the only value allowed, and the way out.
_FIXED: dict[str, tuple[object, str]] = {
    "assistant_only_loss": (False, "use loss_on"),
    "completion_only_loss": (None, "use loss_on"),
    "packing": (False, "the questions of a passage already share a row; use train_sampling_strategy=group_by_length"),
    "eval_packing": (None, "the questions of a passage already share a row"),
    "padding_free": (False, "use train_sampling_strategy=group_by_length"),
    "pad_to_multiple_of": (None, "rows are padded to the longest of their batch"),
    "truncation_mode": ("keep_start", "questions beyond max_length are left out as a whole"),
    "chat_template_path": (None, "the template is the package's own"),
    "dataset_kwargs": (None, "conversations are made on the fly"),
    "loss_type": ("nll", "no other loss is offered"),
    "label_smoothing_factor": (0.0, "no other loss is offered"),
    "remove_unused_columns": (False, "the columns are those that the collator needs"),
    "dataloader_persistent_workers": (False, "such workers would repeat the questions of the first epoch"),
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
        foreign_negatives_per_passage: how many more at most are drawn from the `foreign_types` of a row, default 0.
        loss_on: `"answers"` (default, the paper's Figure 2) or `"assistant"`, which also trains the fixed turn.
        loss_vocabulary: `"full"` (default), or `"passage"`: the softmax runs over the tokens of the row and
            those of lists, among which constrained decoding chooses; it asks for `question_attention="independent"`.
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
        self._check_numbers()
        self._check_paraphrases()
        super().__post_init__()  # type: ignore[no-untyped-call]
        self._check_fixed()

    def _check_choices(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"Expected {name} to be one of {', '.join(allowed)}; found {getattr(self, name)!r}.")
        if self.loss_vocabulary == "passage" and self.question_attention != "independent":
            raise ValueError(
                "Expected question_attention='independent' with loss_vocabulary='passage', found "
                f"{self.question_attention!r}: the row's vocabulary is that of one passage."
            )

    def _check_numbers(self) -> None:
        for name in ("paraphrase_rate", "letter_case_dropout"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"Expected {name} from 0 to 1, found {getattr(self, name)!r}.")
        for name in ("negative_frequency_power", "negatives_per_passage", "foreign_negatives_per_passage"):
            if getattr(self, name) < 0:
                raise ValueError(f"Expected {name} of at least 0, found {getattr(self, name)!r}.")

    def _check_paraphrases(self) -> None:
        for entity_type, names in (self.type_paraphrases or {}).items():
            if not (isinstance(names, list) and names and all(isinstance(name, str) and name for name in names)):
                raise ValueError(f"Expected type_paraphrases[{entity_type!r}] to be a list of names, found {names!r}.")

    def _check_fixed(self) -> None:
        for name, (value, way_out) in _FIXED.items():
            if getattr(self, name) != value:
                raise ValueError(f"Expected {name}={value!r}, found {getattr(self, name)!r}: {way_out}.")
