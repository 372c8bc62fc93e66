"""Pile-NER, the conversations that UniversalNER was trained on, as a `datasets` builder over the published file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import datasets

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.json_records import read_json_records
from uniner_hf.builders.conversation_features import CONVERSATION_FEATURES
from uniner_hf.builders.preparing import prepared
from uniner_hf.conversations import SPEAKERS, SYSTEM_MESSAGE

FILE_NAME = "train.json"
LICENCE = "CC BY-NC 4.0"


@dataclass
class PileNERConfig(datasets.BuilderConfig):
    """Configuration of one variant of Pile-NER.

    Args:
        fingerprint: of a file in a folder of the user's, so that the cache notices when it changes.
    """

    fingerprint: str = ""


class PileNER(datasets.GeneratorBasedBuilder):
    """Builder of conversations; `"type"` asks for entity types, `"definition"` for one-sentence definitions of them.

    Args:
        config_name: `"type"` (default) or `"definition"`.
        data_dir: folder that holds the published `train.json`; default: it comes from the Hub.

    Raises:
        ConnectionError: the Hub does not give the file.
        FileNotFoundError: the folder does not hold it.
        DataFormatError: a record that is not a conversation.
    """

    VERSION = datasets.Version("1.0.0")
    BUILDER_CONFIG_CLASS = PileNERConfig
    BUILDER_CONFIGS = [PileNERConfig(name="type"), PileNERConfig(name="definition")]
    DEFAULT_CONFIG_NAME = "type"

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(
            description="Passages of the Pile with questions for entities, answered by ChatGPT (arXiv 2308.03279).",
            features=CONVERSATION_FEATURES,
            homepage=f"https://huggingface.co/datasets/{repository(self.config.name)}",
            license=LICENCE,
        )

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        if self.config.data_dir is None:
            path = _download(self.config.name, dl_manager)
        else:
            path = str(local_file(self.config.name, Path(self.config.data_dir)))
        return [datasets.SplitGenerator(name="train", gen_kwargs={"path": path})]

    def _generate_examples(self, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
        # This module must call `open` itself: `datasets` replaces it here when it streams from the Hub.
        with open(path, encoding="utf-8-sig") as file:
            for number, record in enumerate(read_json_records(file, path), start=1):
                fault = _fault(record)
                if fault is not None:
                    raise DataFormatError(
                        f"{path}: record {number}, id {record.get('id')!r}: {fault}; correct the record, or download "
                        f"the file again from {self.info.homepage}."
                    )
                yield number, {"id": record["id"], "messages": _messages(record["conversations"])}


def load_pile_ner(
    variant: str = "type", split: str | None = None, data_dir: str | PathLike[str] | None = None
) -> datasets.Dataset | datasets.DatasetDict:
    """Load Pile-NER, the data that the UniversalNER checkpoints were trained on (CC BY-NC 4.0).

    The first call reads 128 MB (`"type"`) or 216 MB (`"definition"`) from the Hub; later ones read the cache.

    Args:
        variant: `"type"` (`Universal-NER/Pile-NER-type`) or `"definition"` (`Universal-NER/Pile-NER-definition`).
        split: `"train"`, the only one; default: a dictionary that holds it.
        data_dir: folder with the published `train.json`, in place of the Hub.

    Returns:
        Conversations `id, messages` with messages `role, content`: the system message, the passage, then a question
        and its answer for each type. `uniner_hf.conversations.render` makes of them the string that was trained on.

    Raises:
        ValueError: no such variant or split.
        ConnectionError: the Hub does not give the file.
        FileNotFoundError: the folder does not hold it.
        DataFormatError: a record that is not a conversation.

    Example:
        >>> conversations = load_pile_ner("type", split="train")  # doctest: +SKIP
        >>> conversations[0]["messages"][3]  # doctest: +SKIP
        {'role': 'user', 'content': 'What describes person in the text?'}
    """
    if variant not in PileNER.builder_configs:
        raise ValueError(f"Expected variant to be 'type' or 'definition', found {variant!r}; ask for one of them.")
    if split not in (None, "train"):
        raise ValueError(
            f"Expected split to be 'train', the only one of Pile-NER, or None, found {split!r}; ask for one of them."
        )
    if data_dir is None:
        return prepared(PileNER(config_name=variant), split)
    folder = Path(data_dir).resolve()
    status = local_file(variant, folder).stat()
    fingerprint = f"{status.st_size}:{status.st_mtime_ns}"
    return prepared(PileNER(config_name=variant, data_dir=str(folder), fingerprint=fingerprint), split)


def repository(variant: str) -> str:
    """Return the Hub repository of a variant.

    Example:
        >>> repository("type")
        'Universal-NER/Pile-NER-type'
    """
    return f"Universal-NER/Pile-NER-{variant}"


def local_file(variant: str, folder: Path) -> Path:
    """Return the published file in a folder.

    Raises:
        FileNotFoundError: it is not there.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise FileNotFoundError(
            f"Expected {path}, found no such file; download {FILE_NAME} from "
            f"https://huggingface.co/datasets/{repository(variant)} into that folder."
        )
    return path


def _download(variant: str, dl_manager: datasets.DownloadManager) -> str:
    url = f"hf://datasets/{repository(variant)}/{FILE_NAME}"
    try:
        return str(dl_manager.download(url))
    except Exception as error:  # what it raises is the HTTP library's, which huggingface_hub has changed before
        raise ConnectionError(
            f"Expected to download {url}, found {type(error).__name__}: {error}; check the connection to the Hub "
            f"(HF_ENDPOINT, HF_HUB_OFFLINE), or name with data_dir a folder that holds {FILE_NAME}."
        ) from error


def _fault(record: Mapping[str, Any]) -> str | None:
    """Say what keeps a record from being a conversation, None if nothing does."""
    turns = record.get("conversations")
    if not isinstance(record.get("id"), str):
        return "expected an 'id' that is a string"
    if not isinstance(turns, list) or not turns or len(turns) % 2:
        found = f"{len(turns)} turns" if isinstance(turns, list) else repr(turns)
        return f"expected 'conversations' with pairs of turns, human and gpt, found {found}"
    for number, (speaker, turn) in enumerate(zip([*SPEAKERS] * (len(turns) // 2), turns, strict=True), start=1):
        if not isinstance(turn, dict) or turn.get("from") != speaker or not isinstance(turn.get("value"), str):
            return f"expected turn {number} to be {{'from': {speaker!r}, 'value': <string>}}, found {repr(turn)[:80]}"
    return None


def _messages(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    spoken = [{"role": SPEAKERS[turn["from"]], "content": turn["value"]} for turn in turns]
    return [{"role": "system", "content": SYSTEM_MESSAGE}, *spoken]
