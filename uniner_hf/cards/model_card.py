"""Cards of trained models, rendered from what the trainer knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard, ModelCardData

from uniner_hf.cards.rendering import render

# What the card of adapters says, and what it says once they are merged.
ADAPTERS_NOTE = (
    "The repository holds adapters of the base model; `peft`, which comes with `uniner-hf[train]`, is needed to load "
    "them."
)
MERGED_NOTE = "The adapters that were trained are merged into the weights of the base model."

_NAMED = re.compile(r'pipeline\("universal-ner", model="([^"]+)"\)')


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """A data set that a model was trained on.

    Args:
        title: its name.
        passages: how many of its passages were in the mixture.
        licence: of the annotated data.
        homepage: where its files are, `""` where that is not known.
        row: its name in the catalogue, `""` for data that are not in it.
        inherited: whether the model that the training started from had been trained on it.
    """

    title: str
    passages: int
    licence: str
    homepage: str = ""
    row: str = ""
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Texts that were kept out of a training, since a model is measured by them.

    Args:
        splits: rows and splits of the catalogue, as `"crossner_ai/test"`.
        passages: how many passages of the training sets were left out because they have one of these texts.
    """

    splits: Sequence[str]
    passages: int


def model_card(
    name: str,
    *,
    repository: str,
    usage: str = 'entity_types=["person", "location"]',
    base_model: str | None,
    base_name: str = "",
    base_licence: str = "",
    sources: Sequence[TrainingSource],
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    steps: int,
    loss: float | None = None,
    kept_out: KeptOut | None = None,
    adapters: bool = False,
    tags: Sequence[str] = (),
) -> str:
    """Return the card of a trained model.

    Args:
        name: of the model.
        repository: what to load it by: a Hub id or a folder.
        usage: arguments that ask the pipeline behind a text, default two entity types.
        base_model: Hub id of the model that it was trained from, None where that is not known.
        base_name: what to call the model that it was trained from where it has no id, default nothing.
        base_licence: of that model, default not known.
        sources: what it was trained on.
        settings: of the training, by name.
        versions: of the packages that trained it.
        steps: how many were taken.
        loss: mean loss of the training, default unknown.
        kept_out: texts that were kept out of the training, default none.
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
    body = render(
        "model_card.md",
        name=name,
        repository=repository,
        usage=usage,
        base_model=base_model or base_name,
        base_licence=base_licence,
        sources=sources,
        settings=settings,
        versions=versions,
        steps=steps,
        loss=loss,
        kept_out=kept_out,
        note=ADAPTERS_NOTE if adapters else None,
    )
    return str(ModelCard(f"---\n{data.to_yaml()}\n---\n\n{body}"))


def card_of(card: str, name: str) -> str:
    """Return a card whose examples load the model by another name, wherever the folder that it names now lies.

    Args:
        card: as `model_card` renders it; another one without an example stays as it is.
        name: a folder or a Hub id.

    Example:
        >>> card_of('pipeline("universal-ner", model="outputs/mine")', "me/ner")
        'pipeline("universal-ner", model="me/ner")'
    """
    named = _NAMED.search(card)
    if named is None:
        return card
    shown = card.replace(f'model="{named[1]}"', f'model="{name}"')
    return shown.replace(f"--model {named[1]} ", f"--model {name} ")


def merged_card(card: str, output: str) -> str:
    """Return the card of a model into which adapters were merged.

    Args:
        card: of the adapters, as `model_card` renders it.
        output: folder of the merged model.
    """
    changed = ModelCard(card_of(card.replace(ADAPTERS_NOTE, MERGED_NOTE), output))
    data: Any = changed.data
    data.library_name = "transformers"
    data.model_name = Path(output).name
    # PEFT puts such tags on the cards of checkpoints.
    data.tags = [tag for tag in data.tags or [] if tag != "lora" and not tag.startswith("base_model:adapter:")]
    return str(changed)
