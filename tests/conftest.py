"""What several test files share."""

from pathlib import Path

import pytest


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
