"""A folder as one commit of a repository on the Hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import OfflineModeIsEnabled

# httpx: the HTTP library of the client, whichever it is
from huggingface_hub.utils import filter_repo_objects, httpx  # type: ignore[attr-defined]


def upload(
    folder: Path,
    repository: str,
    repo_type: str,
    *,
    private: bool,
    allow: Sequence[str],
    ignore: Sequence[str] = (),
    replaced: dict[str, bytes] | None = None,
) -> str:
    """Upload files of a folder in one commit to a repository, which is made where it does not exist.

    Args:
        folder: where the files are.
        repository: `"organisation/name"`.
        repo_type: `"model"` or `"dataset"`.
        private: make a new repository private.
        allow: patterns of the paths that are uploaded.
        ignore: patterns of those of them that are not.
        replaced: path -> content that is uploaded in the place of the file's, default none.

    Returns:
        The address of the repository.

    Raises:
        ConnectionError: the Hub cannot be reached.
        HfHubHTTPError: it refuses, with its reason.
    """
    given = replaced or {}
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    chosen = filter_repo_objects(paths, allow_patterns=list(allow), ignore_patterns=list(ignore))
    operations = [CommitOperationAdd(path, given.get(path, folder / path)) for path in chosen]
    api = HfApi()
    try:
        address = api.create_repo(repository, repo_type=repo_type, private=private, exist_ok=True)
        api.create_commit(repository, operations, repo_type=repo_type, commit_message="Upload with uniner_hf")
    except (httpx.TransportError, OfflineModeIsEnabled) as error:
        raise ConnectionError(
            f"Expected to upload {repository} to {api.endpoint}, found {type(error).__name__}: {error}; check the "
            "connection (HF_ENDPOINT, HF_HUB_OFFLINE) and call again."
        ) from error
    return str(address)
