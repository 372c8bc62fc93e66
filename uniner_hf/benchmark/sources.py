"""Where the original files of a data set come from, and how they get into the folder that `load_benchmark` reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Literal

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class HubSource:
    """Files of a data set repository on the Hub.

    Args:
        repo: id of the repository.
        files: path in the repository -> path in the data folder.
        revision: branch, tag or commit, default `"main"`; `"refs/convert/parquet"` is the branch that the Hub makes of
            repositories which hold a loading script.
    """

    repo: str
    files: Mapping[str, str]
    revision: str = "main"

    def __post_init__(self) -> None:
        _check_targets(self.files.values())


@dataclass(frozen=True, slots=True)
class WebSource:
    """Files that a web server has one by one.

    Args:
        url: what the paths are relative to; it ends with a slash.
        files: path there -> path in the data folder.
        sha256: path there -> checksum of the file, for those whose checksum is known.
    """

    url: str
    files: Mapping[str, str]
    sha256: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_targets(self.files.values())
        _check_checksums(self.sha256.values())
        if not self.url.endswith("/"):
            raise ValueError(f"Expected a url that ends with a slash, found {self.url!r}.")
        if not self.sha256.keys() <= self.files.keys():
            raise ValueError(f"Expected checksums of {sorted(self.files)}, found those of {sorted(self.sha256)}.")


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """Files of a zip or tar archive that a web server has.

    Args:
        url: of the archive.
        files: path in the archive -> path in the data folder; one with a slash at its end is a folder with all that
            it holds, and so is its target.
        sha256: checksum of the archive, default unknown.
    """

    url: str
    files: Mapping[str, str]
    sha256: str | None = None

    def __post_init__(self) -> None:
        _check_targets(self.files.values())
        _check_checksums([self.sha256] if self.sha256 is not None else [])
        for member, target in self.files.items():
            if member.endswith("/") != target.endswith("/"):
                raise ValueError(f"Expected a folder for a folder, a file for a file; found {member!r}: {target!r}.")


@dataclass(frozen=True, slots=True)
class ManualSource:
    """Files that only a person can get.

    Args:
        url: where they are to be had.
        terms: `"ldc"` for a licence of the Linguistic Data Consortium, `"dua"` for a data use agreement, `"manual"`
            for a download that takes a browser.
        files: what the owner calls a file -> path in the data folder.
    """

    url: str
    terms: Literal["ldc", "dua", "manual"]
    files: Mapping[str, str]

    def __post_init__(self) -> None:
        _check_targets(self.files.values())
        if self.terms not in _TERMS:
            raise ValueError(f"Expected terms to be one of {', '.join(_TERMS)}; found {self.terms!r}.")


Source = HubSource | WebSource | ArchiveSource | ManualSource

_KINDS: dict[str, type[Source]] = {
    "hub": HubSource,
    "web": WebSource,
    "archive": ArchiveSource,
    "manual": ManualSource,
}
_TERMS = {
    "ldc": "a licence of the Linguistic Data Consortium",
    "dua": "a data use agreement with their owner",
    "manual": "a download in a browser",
}


def source_from(entry: Mapping[str, Any]) -> Source:
    """Return the source that a `[[set.source]]` table of the catalogue describes.

    Args:
        entry: `kind`, one of `"hub"`, `"web"`, `"archive"` and `"manual"`, and the fields of that kind.

    Example:
        >>> source_from({"kind": "hub", "repo": "me/set", "files": {"train.jsonl": "set/train.jsonl"}})
        HubSource(repo='me/set', files={'train.jsonl': 'set/train.jsonl'}, revision='main')
    """
    described = dict(entry)
    kind = described.pop("kind")
    if kind not in _KINDS:
        raise ValueError(f"Expected kind to be one of {', '.join(_KINDS)}; found {kind!r}.")
    return _KINDS[kind](**described)


def fetch(source: Source, folder: Path) -> list[Path]:
    """Bring the files of a source into the data folder.

    What is there already is left as it is, so that a second call goes on where the first was interrupted. A file
    appears under its name only when it is complete and its checksum is right.

    Args:
        source: where the files come from.
        folder: the data folder, with one sub-folder for each set; it is made where it is missing.

    Returns:
        The files and folders of the source, in its order.

    Raises:
        PermissionError: the files are not free to download, and some are missing.
        FileNotFoundError: there is no such repository, revision, address, file or member of the archive.
        ConnectionError: the server cannot be reached, or does not give the file.
        DataFormatError: what came has another checksum, is no archive, or is one that reaches out of its folder.
    """
    from uniner_hf.benchmark.downloads import download_archive, download_from_hub, download_from_web

    missing = {origin: target for origin, target in source.files.items() if not (folder / target).exists()}
    if missing and isinstance(source, ManualSource):
        wanted = ", ".join(f"{origin} as {folder / target}" for origin, target in missing.items())
        raise PermissionError(
            f"Expected files that need {_TERMS[source.terms]}, found none of them; get them at {source.url} and put "
            f"{wanted}."
        )
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".fetching-", dir=folder) as workspace:
            match source:
                case HubSource():
                    download_from_hub(source, missing, Path(workspace), folder)
                case WebSource():
                    download_from_web(source, missing, Path(workspace), folder)
                case ArchiveSource():
                    download_archive(source, missing, Path(workspace), folder)
    return [folder / target for target in source.files.values()]


def _check_targets(targets: Iterable[str]) -> None:
    for target in targets:
        path = PurePosixPath(target)
        if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in target:
            raise ValueError(f"Expected a path within the data folder, found {target!r}.")


def _check_checksums(checksums: Iterable[str]) -> None:
    for checksum in checksums:
        if not _SHA256.fullmatch(checksum):
            raise ValueError(f"Expected a SHA-256 checksum of 64 hexadecimal digits, found {checksum!r}.")
