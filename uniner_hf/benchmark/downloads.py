"""Downloads into a data folder: each file is fetched under a temporary name, checked, and then moved to its own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import quote

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.hf_api import RepoFile

from uniner_hf.benchmark.archives import unpack
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.sources import ArchiveSource, HubSource, WebSource

Answer = TypeVar("Answer")

_CHANGED = "get the files elsewhere and name their folder with data_dir, and report it as an issue."

# A compressed transfer could not be taken up where it broke off, and would unpack some archives on the way.
_HEADERS = {"Accept-Encoding": "identity"}


def download_from_hub(source: HubSource, files: Mapping[str, str], workspace: Path, folder: Path) -> None:
    """Download files of a repository; those in large file storage are checked against the checksum that it states.

    Args:
        source: of the files.
        files: those to fetch, path in the repository -> path in the folder.
        workspace: an empty folder on the same disk.
        folder: the data folder.
    """
    name, repo, revision = f"{source.repo} at {source.revision}", source.repo, source.revision
    listed = _asked(name, lambda: HfApi().get_paths_info(repo, list(files), revision=revision, repo_type="dataset"))
    stated = {one.path: one for one in listed if isinstance(one, RepoFile)}
    absent = [path for path in files if path not in stated]
    if absent:
        raise FileNotFoundError(
            f"Expected {', '.join(absent)} in the data set repository {name}, found no such file; the repository has "
            f"changed: {_CHANGED}"
        )
    for path, target in files.items():
        ask = partial(hf_hub_download, repo, path, revision=revision, repo_type="dataset", local_dir=workspace)
        downloaded = Path(_asked(name, ask))
        storage = stated[path].lfs
        _check(downloaded, storage.sha256 if storage else None, f"{path} of {name}")
        _move(downloaded, folder / target)


def download_from_web(source: WebSource, files: Mapping[str, str], workspace: Path, folder: Path) -> None:
    """Download single files; the arguments are those of `download_from_hub`."""
    for path, target in files.items():
        downloaded = _download(source.url + quote(path), workspace / "file")
        _check(downloaded, source.sha256.get(path), source.url + path)
        _move(downloaded, folder / target)


def download_archive(source: ArchiveSource, files: Mapping[str, str], workspace: Path, folder: Path) -> None:
    """Download an archive and unpack members of it; the arguments are those of `download_from_hub`."""
    archive = _download(source.url, workspace / "archive")
    _check(archive, source.sha256, source.url)
    unpacked = workspace / "members"
    unpack(archive, files, unpacked)
    for member, target in files.items():
        if not (unpacked / member).exists():
            raise FileNotFoundError(
                f"Expected {member} in {source.url}, found no such member; the archive has changed: {_CHANGED}"
            )
        _move(unpacked / member, folder / target)


def _download(url: str, path: Path) -> Path:
    """Download a file; where the connection breaks off, the rest of it is asked for."""
    with path.open("wb") as file:
        _asked(url, lambda: http_get(url, file, headers=_HEADERS))
    return path


def _asked(name: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except Exception as error:  # what it raises is the HTTP library's, which huggingface_hub has changed before
        _refuse(name, error)


def _refuse(name: str, error: Exception) -> NoReturn:
    if isinstance(error, GatedRepoError):
        raise PermissionError(
            f"Expected access to {name}, found a gated repository; accept its terms on its page, then `hf auth login`."
        ) from error
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError):
        raise FileNotFoundError(
            f"Expected the data set repository {name}, found none; if it is private, `hf auth login`, else it has "
            f"moved: {_CHANGED}"
        ) from error
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
    if isinstance(error, EntryNotFoundError) or status in (404, 410):
        raise FileNotFoundError(f"Expected a file at {name}, found none; it has moved: {_CHANGED}") from error
    raise ConnectionError(
        f"Expected to download from {name}, found {type(error).__name__}: {error}; check the connection (HF_ENDPOINT, "
        "HF_HUB_OFFLINE) and call again: what is complete is kept."
    ) from error


def _check(path: Path, sha256: str | None, name: str) -> None:
    if sha256 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise DataFormatError(
            f"{name}: expected content with the SHA-256 checksum {sha256}, found {found}; download it again, and if "
            "it stays so, report it as an issue: its owner has changed it."
        )


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)
