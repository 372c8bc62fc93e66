"""Files as one commit of a repository on the Hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

# httpx: the HTTP library of the client, whichever it is
from huggingface_hub.utils import filter_repo_objects, httpx  # type: ignore[attr-defined]


def files_under(folder: Path, allow: Sequence[str], ignore: Sequence[str] = ()) -> dict[str, Path]:
    """Return the files of a folder by their path in a repository.

    Args:
        folder: where they are.
        allow: patterns of the paths that are taken.
        ignore: patterns of those of them that are not, default none.
    """
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    chosen = filter_repo_objects(paths, allow_patterns=list(allow), ignore_patterns=list(ignore))
    return {path: folder / path for path in chosen}


def upload(
    files: Mapping[str, Path | bytes],
    repository: str,
    repo_type: str,
    *,
    private: bool,
    delete_patterns: Sequence[str] = (),
) -> str:
    """Upload files in one commit to a repository, which is made where it does not exist.

    An upload that breaks off leaves the repository as it was: the commit is the last request.

    Args:
        files: path in the repository -> file or content.
        repository: `"organisation/name"`.
        repo_type: `"model"`, `"dataset"` or `"space"`.
        private: make a new repository private.
        delete_patterns: files of the repository that are deleted where `files` does not have them, as shards of an
            earlier upload that would be read beside the new ones; default none.

    Returns:
        The address of the repository.

    Raises:
        PermissionError: there is no token, or the Hub does not know it.
        FileExistsError: `private`, and the repository is there and public.
        ConnectionError: the Hub cannot be reached, or the connection broke off.
        HfHubHTTPError: it refuses, with its reason.
    """
    api = HfApi()
    if get_token() is None:
        raise PermissionError(
            f"Expected a token that may write to {repository}, found none; log in with hf auth login, or set HF_TOKEN."
        )
    with _told_errors(repository, api.endpoint):
        space_sdk = "gradio" if repo_type == "space" else None
        address = api.create_repo(repository, repo_type=repo_type, private=private, exist_ok=True, space_sdk=space_sdk)
        if private and not api.repo_info(repository, repo_type=repo_type).private:
            raise FileExistsError(
                f"Expected {repository} to be private or not there yet, found it public; make it private in its "
                "settings, or name another repository."
            )
        there = api.list_repo_files(repository, repo_type=repo_type) if delete_patterns else []
        outdated = filter_repo_objects(there, allow_patterns=list(delete_patterns))
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            *(CommitOperationAdd(path, content) for path, content in files.items()),
            *(CommitOperationDelete(path, is_folder=False) for path in outdated if path not in files),
        ]
        api.create_commit(repository, operations, repo_type=repo_type, commit_message="Upload with uniner_hf")
    return str(address)


@contextmanager
def _told_errors(repository: str, endpoint: str) -> Iterator[None]:
    """Tell what keeps an upload from the Hub in one sentence."""
    try:
        yield
    except (httpx.TransportError, OfflineModeIsEnabled, RuntimeError) as error:
        # what breaks off while a large file goes up is wrapped by the library
        found = error.__cause__ if isinstance(error, RuntimeError) else error
        if not isinstance(found, httpx.TransportError | OfflineModeIsEnabled):
            raise
        raise ConnectionError(
            f"Expected to upload {repository} to {endpoint}, found {type(found).__name__}: {found}; check the "
            "connection (HF_ENDPOINT, HF_HUB_OFFLINE) and call again."
        ) from error
    except HfHubHTTPError as error:
        if error.response.status_code != 401:
            raise
        raise PermissionError(
            f"Expected a token that may write to {repository}, found one that {endpoint} does not accept; log in "
            "with hf auth login, or set HF_TOKEN."
        ) from error
