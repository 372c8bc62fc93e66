"""The recipes in `examples/` and the settings of `accelerate` beside them are read without a complaint."""

import re
from pathlib import Path
from typing import Any

import pytest
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import _validate_launch_command, launch_command_parser

from uniner_hf.benchmark.catalog import benchmark_sets, find_row, find_set
from uniner_hf.training.conversation_sources import read_conversation_options
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.set_options import read_options

EXAMPLES = Path(__file__).parents[1] / "examples"
RECIPES = sorted(EXAMPLES.glob("train_*.yaml"))
ZERO_SHOT = {"crossner", "mit_movie", "mit_restaurant"}


def loaded(name: str) -> Any:
    return load_recipe(EXAMPLES / name, {"bf16": False})


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_a_recipe_is_read_and_what_it_names_exists(path: Path) -> None:
    recipe, _ = loaded(path.name)
    text = path.read_text(encoding="utf-8")
    for name, given in recipe.sets.items():
        read_options(name, given, recipe.type_groups)
        marked = re.search(rf"^  {name}:.*# (licence: LDC|data use agreement)", text, re.MULTILINE)
        assert (marked is not None) is (find_set(name).access != "public"), name
    for name, given in recipe.conversations.items():
        read_conversation_options(name, given)
    for one in recipe.unseen:
        row, split = one.split("/")
        assert split in find_row(row).files


@pytest.mark.parametrize("name", ["train_paper.yaml", "train_supervised.yaml", "train_continual.yaml"])
def test_the_settings_are_those_of_the_released_script(name: str) -> None:
    _, args = loaded(name)
    assert args.per_device_train_batch_size * args.gradient_accumulation_steps * 8 == 256
    assert (args.num_train_epochs, args.learning_rate, args.weight_decay, args.max_length) == (3, 2e-5, 0, 1024)
    assert args.lr_scheduler_type == "cosine"
    assert args.get_warmup_steps(1000) == 40
    assert args.activation_checkpointing
    assert "bf16: true" in (EXAMPLES / name).read_text(encoding="utf-8")


def test_the_supervised_recipes_have_the_sets_of_the_paper() -> None:
    supervised, _ = loaded("train_supervised.yaml")
    continual, _ = loaded("train_continual.yaml")
    assert supervised.max_passages_per_set == continual.max_passages_per_set == 10_000
    assert len(supervised.sets) == 20
    held_out = {row.name for one in benchmark_sets() if one.name in ZERO_SHOT for row in one.rows}
    rows = {row.name for one in benchmark_sets() for row in one.rows}
    assert {*continual.sets} == rows - held_out
    assert {*continual.unseen} == {f"{name}/test" for name in held_out}


def test_the_paper_s_recipe_is_of_pile_ner_alone() -> None:
    recipe, args = loaded("train_paper.yaml")
    assert (recipe.model, [*recipe.conversations], recipe.sets) == ("yahma/llama-7b-hf", ["pile_ner_type"], {})
    assert args.loss_on == "assistant"


@pytest.mark.parametrize(("name", "kind"), [("fsdp2", "FSDP"), ("zero3", "DEEPSPEED")])
def test_accelerate_reads_its_settings(name: str, kind: str) -> None:
    path = str(EXAMPLES / f"accelerate_{name}.yaml")
    config: Any = load_config_from_file(path)
    assert (config.distributed_type, config.num_processes, config.mixed_precision) == (kind, 8, "bf16")
    command = launch_command_parser().parse_args(["--config_file", path, "-m", "uniner_hf", "train"])
    arguments, _, _ = _validate_launch_command(command)
    if name == "fsdp2":
        assert arguments.use_fsdp and arguments.fsdp_version == 2
        assert arguments.fsdp_state_dict_type == "FULL_STATE_DICT" and not arguments.fsdp_activation_checkpointing
    else:
        assert arguments.use_deepspeed and (arguments.zero_stage, arguments.zero3_save_16bit_model) == (3, True)
