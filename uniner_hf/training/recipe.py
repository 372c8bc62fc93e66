"""A training run as a YAML file: the model to start from, the data, the settings of `UniNERConfig`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import yaml
from transformers.trainer_utils import IntervalStrategy

from uniner_hf.benchmark.families import is_kin
from uniner_hf.benchmark.split_names import read_split_name
from uniner_hf.training.adapters import METHODS
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.recipe_values import checked_values, select_fields

ADAPTER_KEYS = ("lora_rank", "lora_alpha", "lora_dropout", "lora_modules")
DTYPES = ("float32", "float16", "bfloat16")


@dataclass
class RecipeArguments:
    """What a recipe says besides the settings of the trainer.

    Args:
        model: Hub id or folder of the model to start from.
        data_dir: folder of the original files, default: they are downloaded.
        sets: the data sets of the mixture, each with the arguments of `uniner_hf.training.set_options.SetOptions`.
        passages: sources of annotated passages of one's own, each with the arguments of
            `uniner_hf.training.passage_sources.PassageOptions`.
        conversations: sources of conversations, each with the arguments of
            `uniner_hf.training.conversation_sources.ConversationOptions`.
        warm_start: make a decoder of an encoder (`uniner_hf.training.warm_start`), default no.
        method: `"full"` (default: every weight is trained), `"lora"` (adapters), or `"qlora"` (adapters on a model in
            four bits); with adapters, they alone are written.
        lora_rank: of the adapters, default 16.
        lora_alpha: of the adapters, default 32.
        lora_dropout: of the adapters, default 0.05.
        lora_modules: names of the layers that get adapters, default `"all-linear"`: all but the head.
        type_groups: lists of types, by a name that the sets may use for them; default none.
        unseen: rows and splits whose texts are never trained on, as `"crossner_ai/test"`; default none.
        development: rows and splits to evaluate on while training, by `eval_strategy`, as `"ncbi/validation"`; their
            texts are never trained on. The metrics are `eval_development_f1` and the like. Default none.
        probe: the same, of data sets without any part in the training, to see what it makes the model forget; the
            metrics are `eval_probe_f1` and the like. Default none.
        evaluation_passages: of each of these sets at most, the same ones whatever the seed; default 100.
        max_passages_per_set: how many passages of each set are drawn at most, at random by `data_seed`, which is
            `seed` where it is not given; default all. A set's own `max_passages` takes its place.
        joined_passages: share of the passages that are joined with the next one of their set, so that lists grow
            long; default 0.
        attn_implementation: of the model while it is trained, default that of transformers.
        save_dtype: type of the weights that are written, `"float32"`, `"float16"` or `"bfloat16"`; default float32.

    Raises:
        ValueError: an unknown `save_dtype` or `method`, adapters on a warm start, no source, or a probe that is
            trained on.
    """

    model: str
    data_dir: str | None = None
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    passages: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversations: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    warm_start: bool = False
    method: str = "full"
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    lora_modules: str | list[str] = "all-linear"
    type_groups: dict[str, list[str]] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)
    development: list[str] = field(default_factory=list)
    probe: list[str] = field(default_factory=list)
    evaluation_passages: int = 100
    max_passages_per_set: int | None = None
    joined_passages: float = 0.0
    attn_implementation: str | None = None
    save_dtype: str = "float32"

    def __post_init__(self) -> None:
        if not 0.0 <= self.joined_passages <= 1.0:
            raise ValueError(f"Expected joined_passages from 0 to 1, found {self.joined_passages!r}.")
        if self.save_dtype not in DTYPES:
            raise ValueError(f"Expected save_dtype to be one of {', '.join(DTYPES)}; found {self.save_dtype!r}.")
        if self.method not in METHODS:
            raise ValueError(f"Expected method to be one of {', '.join(METHODS)}; found {self.method!r}.")
        if self.warm_start and self.method != "full":
            raise ValueError(
                f"Expected method='full' with warm_start, found {self.method!r}: a head that is new must be trained."
            )
        if not all(isinstance(options, dict) for options in self.sets.values()):
            raise ValueError(f"Expected sets to name data sets, each with its splits; found {self.sets!r}.")
        if not (self.sets or self.passages or self.conversations):
            raise ValueError("Expected sets, passages or conversations to train on, found none; name one of them.")
        if self.evaluation_passages < 1:
            raise ValueError(f"Expected evaluation_passages of at least 1, found {self.evaluation_passages!r}.")
        trained_on = [name for name in self.probe if is_kin(read_split_name(name)[0].name, self.sets)]
        if trained_on:
            raise ValueError(
                f"Expected probe to name data sets that are not trained on, found {', '.join(trained_on)}, of which "
                "sets has a part; name others, or move them to development."
            )

    def kept_out(self) -> list[str]:
        """Return the rows and splits whose texts are never trained on, for whatever reason."""
        return [*self.unseen, *self.development, *self.probe]


def load_recipe(
    path: str | PathLike[str], overrides: Mapping[str, Any] | None = None
) -> tuple[RecipeArguments, UniNERConfig]:
    """Read a recipe.

    Args:
        path: a YAML file whose keys are the fields of `RecipeArguments` and `UniNERConfig`.
        overrides: values that take the place of the file's, default none.

    Returns:
        What it says about model and data, and the settings of the trainer.

    Raises:
        ValueError: not a mapping, an unknown key, a value of the wrong type, settings that do not go together,
            `model`, `output_dir`, or all of `sets`, `passages` and `conversations` are missing, or there is something
            to evaluate on but no `eval_strategy`, or the reverse.

    Example:
        >>> recipe, args = load_recipe("examples/train_mini.yaml", {"max_steps": 10})  # doctest: +SKIP
        >>> recipe.save_dtype, args.max_steps  # doctest: +SKIP
        ('float16', 10)
    """
    said = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    if not isinstance(said, dict):
        raise ValueError(f"Expected {path} to map keys to values, found {type(said).__name__}; see examples/.")
    values = checked_values({**said, **(overrides or {})}, (RecipeArguments, UniNERConfig), str(path))
    missing = [key for key in ("model", "output_dir") if values.get(key) is None]
    if missing:
        raise ValueError(f"Expected {', '.join(missing)} in {path}, found no such key; add it or give it with --KEY.")
    recipe = RecipeArguments(
        **{key: value for key, value in select_fields(values, RecipeArguments).items() if value is not None}
    )
    if recipe.method == "full" and (idle := [key for key in ADAPTER_KEYS if values.get(key) is not None]):
        raise ValueError(
            f"Expected no {', '.join(idle)} with method='full', which trains every weight; set method to lora or "
            f"qlora, or remove {'it' if len(idle) == 1 else 'them'} (--{idle[0]} null)."
        )
    args = UniNERConfig(**select_fields(values, UniNERConfig))
    strategy = IntervalStrategy(args.eval_strategy).value
    if (strategy != "no") != bool(recipe.development or recipe.probe):
        raise ValueError(
            f"Expected {path} to have both, development or probe and an eval_strategy of steps or epoch, or neither; "
            f"found development={recipe.development}, probe={recipe.probe}, eval_strategy={strategy}."
        )
    return recipe, args
