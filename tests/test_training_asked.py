"""A run's folder is not gone on with by another run."""

from pathlib import Path

import pytest
from tiny_models import write_recipe

from uniner_hf.training.asked import check_asked
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import run_asked, train


def test_the_same_again_and_another(tmp_path: Path) -> None:
    check_asked(tmp_path / "run", {"sets": {"ncbi": ("train",)}, "limit": None})
    check_asked(tmp_path / "run", {"limit": None, "sets": {"ncbi": ["train"]}})
    for other in ({"sets": {"ncbi": ["train"]}, "limit": 3}, {"sets": {"ncbi": ["train"]}}):
        with pytest.raises(
            ValueError, match=r"Expected the limit of the run in .*run, as asked.json there says, found"
        ):
            check_asked(tmp_path / "run", {**other, "limit": other.get("limit", 1)})


@pytest.mark.usefixtures("datasets_cache")
def test_a_run_goes_on_with_its_own_recipe_only(plain_recipe: Path) -> None:
    train(*load_recipe(plain_recipe))
    for other in ({"method": "lora"}, {"sets": {"crossner_ai": {"splits": ["train"]}}}, {"negatives": "uniform"}):
        (key,) = other
        with pytest.raises(ValueError, match=f"Expected the {key}.* of the run in .*; name another output folder"):
            train(*load_recipe(plain_recipe, other))
    assert train(*load_recipe(plain_recipe, {"max_steps": 3, "logging_steps": 1})).state.global_step == 3


def test_what_may_differ_is_not_asked(raw: Path, tmp_path: Path) -> None:
    first = run_asked(*load_recipe(write_recipe(tmp_path, raw)))
    free = {"data_dir": "elsewhere", "max_steps": 9, "save_dtype": "float16", "save_steps": 5, "output_dir": "moved"}
    assert run_asked(*load_recipe(write_recipe(tmp_path, raw, **free))) == first
    assert run_asked(*load_recipe(write_recipe(tmp_path, raw, seed=9))) != first
