"""A recipe carried out: its data read, its model loaded and trained, what comes of it written."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import datasets
import torch

from uniner_hf.cards.model_card import KeptOut
from uniner_hf.training.asked import check_asked
from uniner_hf.training.checkpoints import final_folder, last_checkpoint, model_is_written
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.evaluation_sets import load_evaluation
from uniner_hf.training.lineage import kept_out, training_settings
from uniner_hf.training.mixture import load_mixture
from uniner_hf.training.recipe import RecipeArguments
from uniner_hf.training.recipe_checks import check_negatives, check_positions, check_room, check_settings
from uniner_hf.training.starting_model import adapter_settings, starting_config, starting_model, starting_tokenizer
from uniner_hf.training.trainer import UniNERTrainer

logger = logging.getLogger(__name__)

# What may differ where a run goes on.
FREE_OF_RUN = {
    "data_dir", "development", "probe", "evaluation_passages", "attn_implementation", "save_dtype", "max_steps",
    "num_train_epochs", "bf16", "fp16",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunData:
    """What a recipe trains and evaluates on.

    Args:
        rows: of the mixture.
        evaluated: what is evaluated on while training, by name; may be empty.
        kept_out: texts that were kept out of the mixture, for the model's card.
    """

    rows: datasets.Dataset
    evaluated: dict[str, datasets.Dataset]
    kept_out: KeptOut | None


def run_data(recipe: RecipeArguments, args: UniNERConfig) -> RunData:
    """Return the data of a recipe, once its settings and its data are seen to fit each other and the model's shape.

    No weights are loaded.

    Args:
        recipe: model and data.
        args: settings of the trainer.

    Raises:
        ValueError: what cannot be trained; see `uniner_hf.training.recipe_checks`.
    """
    check_settings(recipe, args)
    check_positions(starting_config(recipe), args)
    left_out: Counter[str] = Counter()
    rows = load_mixture(
        recipe.sets,
        recipe.data_dir,
        passages=recipe.passages,
        conversations=recipe.conversations,
        type_groups=recipe.type_groups,
        unseen=recipe.kept_out(),
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
    check_negatives(rows, [*recipe.sets, *recipe.passages], args)
    check_room(rows, starting_tokenizer(recipe), args)
    return RunData(rows, evaluated, kept_out(recipe.kept_out(), left_out))


def make_trainer(recipe: RecipeArguments, args: UniNERConfig) -> UniNERTrainer:
    """Return the trainer that carries out a recipe, with its data and then its model loaded."""
    data = run_data(recipe, args)
    model, tokenizer = starting_model(recipe)
    trainer = UniNERTrainer(
        model,
        args,
        data.rows,
        processing_class=tokenizer,
        peft_config=adapter_settings(recipe),
        eval_dataset=data.evaluated or None,
    )
    trainer.kept_out = data.kept_out
    return trainer


def train(recipe: RecipeArguments, args: UniNERConfig) -> UniNERTrainer:
    """Carry out a recipe: the model and its tokenizer are written to `args.output_dir`.

    The last checkpoint in that folder is gone on from, unless it is that of another recipe. Where it has reached the
    planned steps, nothing is trained, and the model is written only if it is not there.

    Returns:
        The trainer, whose state holds the history of the loss.

    Example:
        >>> trainer = train(*load_recipe("examples/train_mini.yaml"))  # doctest: +SKIP
        >>> trainer.state.log_history[-1]["train_loss"]  # doctest: +SKIP
        0.19
    """
    output = Path(str(args.output_dir))
    checkpoint = last_checkpoint(output)
    if checkpoint is not None:
        check_asked(output, run_asked(recipe, args))
    trainer = make_trainer(recipe, args)
    if trainer.is_world_process_zero():
        check_asked(output, run_asked(recipe, args))
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


def run_asked(recipe: RecipeArguments, args: UniNERConfig) -> dict[str, Any]:
    """Return what must be the same where a run goes on: model, method, data, and how conversations are made of them.

    Not its length, nor where files lie, nor what is evaluated, logged and saved.
    """
    data = {key: value for key, value in asdict(recipe).items() if key not in FREE_OF_RUN}
    return data | {key: value for key, value in training_settings(args).items() if key not in FREE_OF_RUN}


def planned_steps(trainer: UniNERTrainer) -> int:
    """Return how many optimiser steps a training takes."""
    return int(trainer.set_initial_training_values(trainer.args, trainer.get_train_dataloader())[-1])
