"""Targeted open named entity recognition for Hugging Face: ask a passage for the entity types that you name.

Importing this package is enough for `transformers.pipeline("universal-ner")`, and loads neither torch, transformers
nor datasets: every public name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import wrapt

if TYPE_CHECKING:  # the same names as in _HOMES, where type checkers and editors see them
    from .benchmark import benchmark_sets as benchmark_sets
    from .benchmark import load_benchmark as load_benchmark
    from .builders.pile_ner import load_pile_ner as load_pile_ner
    from .conversations import render_prompt as render_prompt
    from .metrics import metric_path as metric_path
    from .pipeline import UniversalNERPipeline as UniversalNERPipeline
    from .schema import AnnotatedPassage as AnnotatedPassage
    from .schema import Entity as Entity
    from .schema import Message as Message
    from .training import UniNERConfig as UniNERConfig
    from .training import UniNERTrainer as UniNERTrainer

__version__ = "0.1.0"

_HOMES = {
    "AnnotatedPassage": "uniner_hf.schema",
    "Entity": "uniner_hf.schema",
    "Message": "uniner_hf.schema",
    "UniNERConfig": "uniner_hf.training",
    "UniNERTrainer": "uniner_hf.training",
    "UniversalNERPipeline": "uniner_hf.pipeline",
    "benchmark_sets": "uniner_hf.benchmark",
    "load_benchmark": "uniner_hf.benchmark",
    "load_pile_ner": "uniner_hf.builders.pile_ner",
    "metric_path": "uniner_hf.metrics",
    "render_prompt": "uniner_hf.conversations",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(
            f"module 'uniner_hf' has no attribute {name!r}; its public names are {', '.join(__all__)}"
        )
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # the next access finds it without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Two hooks, because either module may be imported first: `uniner_hf.pipeline` itself imports `transformers.pipelines`,
# and the task can only be registered once its class exists.
@wrapt.when_imported("uniner_hf.pipeline")
def _register_task(module: ModuleType) -> None:
    import_module("uniner_hf.registration").register(module.UniversalNERPipeline)


@wrapt.when_imported("transformers.pipelines")
def _load_task(_: ModuleType) -> None:
    import_module("uniner_hf.pipeline")
