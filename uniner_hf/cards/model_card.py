"""Cards of trained models, rendered from what the trainer knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard, ModelCardData
from jinja2 import Environment, PackageLoader, StrictUndefined

# What the card of adapters says, and what it says once they are merged.
ADAPTERS_NOTE = (
    "The repository holds adapters of the base model; `peft`, which comes with `uniner-hf[train]`, is needed to load "
    "them."
)
MERGED_NOTE = "The adapters that were trained are merged into the weights of the base model."

# Where a card names what it is the card of: in the call that loads it, and in the command that measures it.
_NAMED = re.compile(r'(?<=model=")[^"\n]+(?=")|(?<= --model ).+?(?= --data-dir)')


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """A data set that a model was trained on.

    Args:
        title: its name.
        passages: how many of its passages were in the mixture.
        licence: of the annotated data.
        homepage: where its files are, `""` where that is not known.
    """

    title: str
    passages: int
    licence: str
    homepage: str = ""


def model_card(
    name: str,
    *,
    repository: str,
    base_model: str | None,
    sources: Sequence[TrainingSource],
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    steps: int,
    loss: float | None = None,
    adapters: bool = False,
    tags: Sequence[str] = (),
) -> str:
    """Return the card of a trained model.

    Args:
        name: of the model.
        repository: what to load it by: a Hub id or a folder.
        base_model: Hub id of the model that it was trained from, None where that is a folder.
        sources: what it was trained on.
        settings: of the training, by name.
        versions: of the packages that trained it.
        steps: how many were taken.
        loss: mean loss of the training, default unknown.
        adapters: whether the repository holds adapters only, default no.
        tags: further tags of the Hub.
    """
    data = ModelCardData(
        model_name=name,
        base_model=base_model,
        language="en",
        library_name="peft" if adapters else "transformers",
        pipeline_tag="token-classification",
        tags=sorted({"named-entity-recognition", "open-ner", "universal-ner", "uniner_hf", *tags}),
    )
    loader = PackageLoader("uniner_hf", "cards/templates")
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701  (Markdown)
    body = environment.get_template("model_card.md").render(
        name=name,
        repository=repository,
        base_model=base_model,
        sources=sources,
        settings=settings,
        versions=versions,
        steps=steps,
        loss=loss,
        note=ADAPTERS_NOTE if adapters else None,
    )
    return str(ModelCard(f"---\n{data.to_yaml()}\n---\n\n{body}"))


def card_of(card: str, old: str, new: str) -> str:
    """Return a card whose examples load a model by another name.

    Args:
        card: as `model_card` renders it.
        old: the folder or the Hub id that it names.
        new: the folder or the Hub id to name.

    Example:
        >>> card_of('pipeline("universal-ner", model="out") # without', "out/", "me/ner")
        'pipeline("universal-ner", model="me/ner") # without'
    """
    return _NAMED.sub(lambda found: new if Path(found[0]).resolve() == Path(old).resolve() else found[0], card)


def merged_card(card: str, adapters: str, output: str) -> str:
    """Return the card of a model into which adapters were merged.

    Args:
        card: of the adapters, as `model_card` renders it.
        adapters: the folder or the Hub id that it names.
        output: folder of the merged model.
    """
    changed = ModelCard(card_of(card.replace(ADAPTERS_NOTE, MERGED_NOTE), adapters, output))
    data: Any = changed.data
    data.library_name = "transformers"
    data.model_name = Path(output).name
    # PEFT puts such tags on the cards of checkpoints.
    data.tags = [tag for tag in data.tags or [] if tag != "lora" and not tag.startswith("base_model:adapter:")]
    return str(changed)
