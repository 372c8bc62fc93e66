"""Members of zip and tar archives, none of which may reach out of the folder that it is unpacked to."""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from uniner_hf.benchmark.readers.errors import DataFormatError


def unpack(archive: Path, members: Iterable[str], folder: Path) -> None:
    """Unpack some members of an archive; links are none.

    Args:
        archive: a zip file or a tar file, compressed or not, told by its content.
        members: paths in the archive; one with a slash at its end stands for all beneath it.
        folder: where they go, under their paths.

    Raises:
        DataFormatError: it is no archive or a broken one, or a member, wanted or not, would land outside the folder.
    """
    wanted = tuple(members)
    try:
        if zipfile.is_zipfile(archive):
            _unpack_zip(archive, wanted, folder)
        elif tarfile.is_tarfile(archive):
            _unpack_tar(archive, wanted, folder)
        else:
            raise DataFormatError(
                f"{archive.name}: expected a zip or tar archive, found another file; correct its address."
            )
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise DataFormatError(
            f"{archive.name}: expected a whole archive, found a broken one ({error}); download it again."
        ) from error


def _unpack_zip(archive: Path, wanted: tuple[str, ...], folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            is_link = stat.S_ISLNK(member.external_attr >> 16)
            target = _target(member.filename, folder, archive)
            if _is_wanted(member.filename, wanted) and not member.is_dir() and not is_link:
                with opened.open(member) as source:
                    _copy(source, target)


def _unpack_tar(archive: Path, wanted: tuple[str, ...], folder: Path) -> None:
    with tarfile.open(archive) as opened:
        for member in opened:
            target = _target(member.name, folder, archive)
            if _is_wanted(member.name, wanted) and member.isfile():
                source = opened.extractfile(member)
                assert source is not None  # a regular file has content
                with source:
                    _copy(source, target)


def _is_wanted(member: str, wanted: tuple[str, ...]) -> bool:
    return any(member == one or (one.endswith("/") and member.startswith(one)) for one in wanted)


def _target(member: str, folder: Path, archive: Path) -> Path:
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member or ":" in member:
        raise DataFormatError(
            f"{archive.name}: expected members within the archive's own folder, found {member!r}; do not use this "
            "archive."
        )
    return folder / path


def _copy(source: IO[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
