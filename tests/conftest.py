"""What several test files share."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def raw() -> Path:
    """Excerpts of original files, in the layout that `load_benchmark` reads."""
    return Path(__file__).parent / "data" / "raw"


@pytest.fixture
def datasets_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of `datasets` that no other test has written to."""
    cache = tmp_path / "datasets-cache"
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(cache))
    return cache


@pytest.fixture(scope="session")
def bundled_model() -> Path:
    """The model that comes with the package; what needs it is skipped where it has not been trained yet."""
    folder = Path(__file__).parents[1] / "uniner_hf" / "models" / "mini"
    if not (folder / "config.json").exists():
        pytest.skip("uniner_hf/models/mini is not there")
    return folder


@pytest.fixture
def plain_recipe(tmp_path: Path, raw: Path, datasets_cache: Path) -> Path:
    """A recipe of two steps on a small Llama, to be written to `tmp_path / "out"`."""
    from tiny_models import llama, llama_tokenizer, write_recipe

    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    return write_recipe(tmp_path, raw)
