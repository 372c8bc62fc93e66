"""A training run as a YAML file: the model to start from, the data, the settings of `UniNERConfig`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import yaml
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.trainer_utils import IntervalStrategy

from uniner_hf.training.adapters import METHODS, four_bit_model, lora_config
from uniner_hf.training.checkpoints import final_folder, last_checkpoint, model_is_written
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.evaluation_sets import load_evaluation
from uniner_hf.training.lineage import kept_out
from uniner_hf.training.mixture import load_mixture
from uniner_hf.training.recipe_checks import check_negatives, check_room, check_settings
from uniner_hf.training.recipe_values import checked_values, select_fields

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from uniner_hf.training.trainer import UniNERTrainer

logger = logging.getLogger(__name__)

ADAPTER_KEYS = ("lora_rank", "lora_alpha", "lora_dropout", "lora_modules")
DTYPES = ("float32", "float16", "bfloat16")


@dataclass
class RecipeArguments:
    """What a recipe says besides the settings of the trainer.

    Args:
        model: Hub id or folder of the model to start from.
        data_dir: folder of the original files, default: they are downloaded.
        sets: the data sets of the mixture, each with the arguments of `uniner_hf.training.set_options.SetOptions`.
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
        if not self.sets and not self.conversations:
            raise ValueError("Expected sets or conversations to train on, found neither; name one of them.")
        if self.evaluation_passages < 1:
            raise ValueError(f"Expected evaluation_passages of at least 1, found {self.evaluation_passages!r}.")
        trained_on = [name for name in self.probe if name.partition("/")[0] in self.sets]
        if trained_on:
            raise ValueError(
                f"Expected probe to name data sets that are not trained on, found {', '.join(trained_on)}, which sets "
                "has too; name others, or move them to development."
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
            `model`, `output_dir`, or both `sets` and `conversations` are missing, or there is something to evaluate
            on but no `eval_strategy`, or the reverse.

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


def make_trainer(recipe: RecipeArguments, args: UniNERConfig) -> UniNERTrainer:
    """Return the trainer that carries out a recipe, with its model and data loaded.

    The model comes last: what is wrong with settings or data is found before.
    """
    from uniner_hf.training.trainer import UniNERTrainer

    check_settings(recipe, args)
    unseen = recipe.kept_out()
    left_out: Counter[str] = Counter()
    rows = load_mixture(
        recipe.sets,
        recipe.data_dir,
        conversations=recipe.conversations,
        type_groups=recipe.type_groups,
        unseen=unseen,
        joined=recipe.joined_passages,
        max_passages=recipe.max_passages_per_set,
        seed=args.seed if args.data_seed is None else args.data_seed,
        left_out=left_out,
    )
    evaluated = {
        name: load_evaluation(sets, recipe.data_dir, recipe.evaluation_passages)
        for name, sets in (("development", recipe.development), ("probe", recipe.probe))
        if sets
    }
    check_negatives(rows, recipe.sets, args)
    check_room(rows, _tokenizer(recipe), args.max_length)
    model, tokenizer = _model_and_tokenizer(recipe)
    if recipe.attn_implementation is not None:
        model.set_attn_implementation(recipe.attn_implementation)
    adapters = None
    if recipe.method != "full":
        adapters = lora_config(recipe.lora_rank, recipe.lora_alpha, recipe.lora_dropout, recipe.lora_modules)
    trainer = UniNERTrainer(
        model, args, rows, processing_class=tokenizer, peft_config=adapters, eval_dataset=evaluated or None
    )
    trainer.kept_out = kept_out(unseen, left_out)
    return trainer


def train(recipe: RecipeArguments, args: UniNERConfig) -> UniNERTrainer:
    """Carry out a recipe: the model and its tokenizer are written to `args.output_dir`.

    The last checkpoint in that folder is gone on from. Where it has reached the planned steps, nothing is trained, and
    the model is written only if it is not there.

    Returns:
        The trainer, whose state holds the history of the loss.

    Example:
        >>> trainer = train(*load_recipe("examples/train_mini.yaml"))  # doctest: +SKIP
        >>> trainer.state.log_history[-1]["train_loss"]  # doctest: +SKIP
        0.19
    """
    trainer = make_trainer(recipe, args)
    output = Path(str(args.output_dir))
    checkpoint = last_checkpoint(output)
    finished = checkpoint is not None and checkpoint.state.global_step >= planned_steps(trainer)
    if checkpoint is not None and finished:
        trainer._load_from_checkpoint(str(final_folder(checkpoint, best=args.load_best_model_at_end)))
        trainer.state = checkpoint.state
    else:
        trainer.train(resume_from_checkpoint=str(checkpoint.folder) if checkpoint else None)
    if recipe.method == "full":
        trainer.model.to(getattr(torch, recipe.save_dtype))  # type: ignore[union-attr]  # it is there after training
    if not (finished and model_is_written(output, trainer.state.global_step)):
        trainer.save_model()
        trainer.save_state()
    if finished:
        logger.info("%s: this run is finished after %d steps; the model is there.", output, trainer.state.global_step)
    return trainer


def planned_steps(trainer: UniNERTrainer) -> int:
    """Return how many optimiser steps a training takes."""
    return int(trainer.set_initial_training_values(trainer.args, trainer.get_train_dataloader())[-1])


def _tokenizer(recipe: RecipeArguments) -> PreTrainedTokenizerBase:
    """Return the tokenizer that the model will have, without loading the model."""
    tokenizer: Any = AutoTokenizer.from_pretrained(recipe.model)
    if not recipe.warm_start:
        return tokenizer  # type: ignore[no-any-return]
    from uniner_hf.training.warm_start import template_tokenizer

    return template_tokenizer(tokenizer)


def _model_and_tokenizer(recipe: RecipeArguments) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    if recipe.warm_start:
        from uniner_hf.training.warm_start import decoder_from_encoder

        return decoder_from_encoder(recipe.model)
    if recipe.method == "qlora":
        return four_bit_model(recipe.model), AutoTokenizer.from_pretrained(recipe.model)
    model = AutoModelForCausalLM.from_pretrained(recipe.model, dtype=torch.float32)
    return model, AutoTokenizer.from_pretrained(recipe.model)
