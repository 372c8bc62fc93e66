"""From a source in the catalogue to files in the data folder, over real HTTP on the loopback."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_stand_in import HubState, hub_stand_in

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.sources import ArchiveSource, HubSource, ManualSource, WebSource, fetch, source_from

CONTENT = b"Ada\tB-PER\n" * 500
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubState]:
    """A stand-in that this process takes for the Hub; nobody waits before a connection is taken up again."""
    with hub_stand_in() as state:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", state.url)
        monkeypatch.setattr(
            "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
            state.url + "/{repo_id}/resolve/{revision}/{filename}",
        )
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 100)  # what is taken up is whole chunks
        monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
        yield state


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file beneath a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
            else:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


PACKERS = pytest.mark.parametrize("pack", [zipped, tarred])

# ---------------------------------------------------------------- the Hub


@pytest.mark.parametrize("revision", ["main", "refs/convert/parquet"])
def test_files_of_a_repository_come_to_their_places(revision: str, hub: HubState, tmp_path: Path) -> None:
    hub.add_dataset("me/set", {"en/train/0000.parquet": CONTENT, "label.json": b"{}", "big.bin": b"no"}, revision)
    source = HubSource(
        "me/set", {"en/train/0000.parquet": "set/train.parquet", "label.json": "set/label.json"}, revision
    )
    folder = tmp_path / "data"
    assert fetch(source, folder) == [folder / "set" / "train.parquet", folder / "set" / "label.json"]
    assert contents(folder) == {"set/train.parquet": CONTENT, "set/label.json": b"{}"}


def test_what_is_there_is_not_asked_for_again(hub: HubState, tmp_path: Path) -> None:
    hub.add_dataset("me/set", {"a.txt": b"a", "b.txt": b"b"})
    source = HubSource("me/set", {"a.txt": "set/a.txt", "b.txt": "set/b.txt"})
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.txt").write_bytes(b"mine")
    fetch(source, tmp_path)
    assert contents(tmp_path) == {"set/a.txt": b"mine", "set/b.txt": b"b"}
    assert not any(path.endswith("a.txt") for _, path, _ in hub.requests)
    asked = len(hub.requests)
    fetch(source, tmp_path)
    assert len(hub.requests) == asked


@pytest.mark.parametrize(
    ("repo", "revision", "files", "message"),
    [
        (
            "me/none",
            "main",
            {"a.txt": "a"},
            r"Expected the data set repository me/none at main, .*has moved",
        ),
        ("me/set", "v9", {"a.txt": "a"}, r"Expected the data set repository me/set at v9, found none"),
        (
            "me/set",
            "main",
            {"a.txt": "a", "b.txt": "b", "c": "c"},
            r"Expected b\.txt, c in the data set repository me/set at main, found no such file",
        ),
    ],
)
def test_what_the_hub_does_not_have(
    repo: str, revision: str, files: dict[str, str], message: str, hub: HubState, tmp_path: Path
) -> None:
    hub.add_dataset("me/set", {"a.txt": b"a", "c/d.txt": b"d"})
    with pytest.raises(FileNotFoundError, match=message):
        fetch(HubSource(repo, files, revision), tmp_path)
    assert contents(tmp_path) == {}


def test_a_gated_repository(hub: HubState, tmp_path: Path) -> None:
    hub.add_dataset("me/set", {"a.txt": b"a"})
    hub.gated.add("me/set")
    with pytest.raises(PermissionError, match="Expected access to me/set at main, found a gated repository"):
        fetch(HubSource("me/set", {"a.txt": "a"}), tmp_path)


def test_a_checksum_that_the_hub_states_is_checked(hub: HubState, tmp_path: Path) -> None:
    hub.add_dataset("me/set", {"a.parquet": CONTENT})
    hub.stated["a.parquet"] = "0" * 64
    with pytest.raises(DataFormatError, match=rf"a\.parquet of me/set at main: expected .* 0{{64}}, found {SHA256}"):
        fetch(HubSource("me/set", {"a.parquet": "a"}), tmp_path)
    assert contents(tmp_path) == {}


# ---------------------------------------------------------------- connections that break off


def sources(hub: HubState) -> dict[str, Any]:
    hub.add_dataset("me/set", {"a.parquet": CONTENT})
    hub.plain["a.parquet"] = CONTENT
    return {
        "hub": HubSource("me/set", {"a.parquet": "set/a"}),
        "web": WebSource(f"{hub.url}/plain/", {"a.parquet": "set/a"}, {"a.parquet": SHA256}),
    }


@pytest.mark.parametrize("kind", ["hub", "web"])
def test_a_download_that_breaks_off_is_taken_up_where_it_stopped(kind: str, hub: HubState, tmp_path: Path) -> None:
    source = sources(hub)[kind]
    hub.cuts["a.parquet"] = [1000, 700]
    fetch(source, tmp_path)
    assert contents(tmp_path) == {"set/a": CONTENT}
    assert [asked for method, path, asked in hub.requests if asked] == ["bytes=1000-", "bytes=1700-"]


@pytest.mark.parametrize("kind", ["hub", "web"])
def test_a_download_that_fails_for_good_leaves_nothing_and_a_second_call_goes_on(
    kind: str, hub: HubState, tmp_path: Path
) -> None:
    source = sources(hub)[kind]
    hub.cuts["a.parquet"] = [1000, *[0] * 20]
    with pytest.raises(ConnectionError, match="Expected to download from .*, found RemoteProtocolError: .*call again"):
        fetch(source, tmp_path)
    assert contents(tmp_path) == {}
    hub.cuts["a.parquet"] = []
    fetch(source, tmp_path)
    assert contents(tmp_path) == {"set/a": CONTENT}


def test_files_that_came_before_a_failure_are_kept(hub: HubState, tmp_path: Path) -> None:
    hub.plain.update({"a.txt": b"a", "c.txt": b"c"})
    source = WebSource(f"{hub.url}/plain/", {"a.txt": "set/a", "b.txt": "set/b", "c.txt": "set/c"})
    with pytest.raises(FileNotFoundError, match=r"Expected a file at http://.*/plain/b\.txt, found none"):
        fetch(source, tmp_path)
    assert contents(tmp_path) == {"set/a": b"a"}


@pytest.mark.parametrize("kind", ["hub", "web"])
def test_no_network_is_a_clear_error(
    kind: str, hub: HubState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sources(hub)[kind]
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConnectionError, match="found OfflineModeIsEnabled: .*HF_HUB_OFFLINE"):
        fetch(source, tmp_path)
    assert contents(tmp_path) == {}


def test_a_server_out_of_reach_is_a_clear_error(hub: HubState, tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match="Expected to download from http://127.0.0.1:9/a, found ConnectError: "):
        fetch(WebSource("http://127.0.0.1:9/", {"a": "a"}), tmp_path)
    assert contents(tmp_path) == {}


def test_a_download_that_is_killed_leaves_no_file_under_its_name(hub: HubState, tmp_path: Path) -> None:
    hub.plain["a.txt"] = CONTENT
    hub.cuts["a.txt"] = [1000]
    program = f"""
import os
import huggingface_hub.file_download as download
download.time.sleep = lambda seconds: os._exit(9)  # while it waits to take the download up again
from pathlib import Path
from uniner_hf.benchmark.sources import WebSource, fetch
fetch(WebSource("{hub.url}/plain/", {{"a.txt": "set/a"}}), Path({str(tmp_path)!r}))
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 9
    assert not (tmp_path / "set").exists()
    fetch(WebSource(f"{hub.url}/plain/", {"a.txt": "set/a"}), tmp_path)
    assert (tmp_path / "set" / "a").read_bytes() == CONTENT


# ---------------------------------------------------------------- the web


def test_single_files_of_a_server(hub: HubState, tmp_path: Path) -> None:
    hub.plain.update({"data/a b#1?.txt": CONTENT, "data/c.txt": b"c"})
    files = {"data/a b#1?.txt": "set/a.txt", "data/c.txt": "set/deep/c.txt"}
    fetch(WebSource(f"{hub.url}/plain/", files, {"data/a b#1?.txt": SHA256}), tmp_path)
    assert contents(tmp_path) == {"set/a.txt": CONTENT, "set/deep/c.txt": b"c"}


def test_a_wrong_checksum_is_refused(hub: HubState, tmp_path: Path) -> None:
    hub.plain["a.txt"] = CONTENT + b"\n"
    with pytest.raises(DataFormatError, match=rf"/plain/a\.txt: expected content .* {SHA256}, found [0-9a-f]{{64}};"):
        fetch(WebSource(f"{hub.url}/plain/", {"a.txt": "a"}, {"a.txt": SHA256}), tmp_path)
    assert contents(tmp_path) == {}


# ---------------------------------------------------------------- archives


@PACKERS
def test_members_of_an_archive(pack: Any, hub: HubState, tmp_path: Path) -> None:
    hub.plain["all"] = pack(
        {"top/a.txt": b"a", "top/brat/1.ann": b"1", "top/brat/deep/2.ann": b"2", "top/bratwurst.txt": b"no"}
    )
    checksum = hashlib.sha256(hub.plain["all"]).hexdigest()
    source = ArchiveSource(f"{hub.url}/plain/all", {"top/a.txt": "set/a", "top/brat/": "set/brat/"}, checksum)
    assert fetch(source, tmp_path) == [tmp_path / "set" / "a", tmp_path / "set" / "brat"]
    assert contents(tmp_path) == {"set/a": b"a", "set/brat/1.ann": b"1", "set/brat/deep/2.ann": b"2"}
    asked = len(hub.requests)
    fetch(source, tmp_path)
    assert len(hub.requests) == asked


def archive_of(hub: HubState, content: bytes, files: dict[str, str]) -> ArchiveSource:
    hub.plain["all"] = content
    return ArchiveSource(f"{hub.url}/plain/all", files)


@PACKERS
@pytest.mark.parametrize("member", ["../evil", "/tmp/evil", "top/../../evil", "top\\..\\evil", "C:/evil"])
@pytest.mark.parametrize("wanted", ["top/", "top/a.txt"])
def test_an_archive_that_reaches_out_of_its_folder_is_refused(
    pack: Any, member: str, wanted: str, hub: HubState, tmp_path: Path
) -> None:
    source = archive_of(
        hub, pack({"top/a.txt": b"a", member: b"evil"}), {wanted: "set/a" + "/" * wanted.endswith("/")}
    )
    with pytest.raises(DataFormatError, match="expected members within the archive's own folder, found .*evil"):
        fetch(source, tmp_path / "data")
    assert contents(tmp_path) == {}


def test_links_in_an_archive_are_passed_over(hub: HubState, tmp_path: Path) -> None:
    link = tarfile.TarInfo("top/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    content = tarred({"top/link": link, "top/link/evil": b"plain", "top/a.txt": b"a"})
    fetch(archive_of(hub, content, {"top/": "set/"}), tmp_path)
    assert contents(tmp_path) == {"set/a.txt": b"a", "set/link/evil": b"plain"}
    assert not (tmp_path / "set" / "link").is_symlink()


@PACKERS
def test_a_member_that_is_not_there(pack: Any, hub: HubState, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Expected top/b\.txt in http://.*/plain/all, found no such member"):
        fetch(archive_of(hub, pack({"top/a.txt": b"a"}), {"top/b.txt": "b"}), tmp_path)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>", "expected a zip or tar archive, found another file"),
        (tarred({"a": CONTENT * 9})[:-40], "expected a whole archive, found a broken one"),
        (zipped({"a": CONTENT}).replace(b"Ada", b"Bob", 1), "expected a whole archive, found a broken one"),
    ],
)
def test_what_is_no_whole_archive(content: bytes, message: str, hub: HubState, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        fetch(archive_of(hub, content, {"a": "a"}), tmp_path)
    assert contents(tmp_path) == {}


# ---------------------------------------------------------------- sets that are not free, and the catalogue


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("ldc", "a licence of the Linguistic Data Consortium"),
        ("dua", "a data use agreement with their owner"),
        ("manual", "a download in a browser"),
    ],
)
def test_sets_that_a_person_must_get_are_answered_with_where(terms: Any, said: str, tmp_path: Path) -> None:
    source = ManualSource("https://example.org/set", terms, {"all.xml": "set/all.xml", "b.xml": "set/b.xml"})
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "b.xml").touch()
    with pytest.raises(PermissionError) as caught:
        fetch(source, tmp_path)
    assert str(caught.value) == (
        f"Expected files that need {said}, found none of them; get them at https://example.org/set and put all.xml as "
        f"{tmp_path / 'set' / 'all.xml'}."
    )
    (tmp_path / "set" / "all.xml").touch()
    assert fetch(source, tmp_path) == [tmp_path / "set" / "all.xml", tmp_path / "set" / "b.xml"]


def test_tables_of_the_catalogue() -> None:
    files = {"a/": "set/"}
    assert source_from({"kind": "archive", "url": "u", "files": files}) == ArchiveSource("u", files, None)
    assert source_from({"kind": "web", "url": "u/", "files": files}) == WebSource("u/", files)
    assert source_from({"kind": "manual", "url": "u", "terms": "ldc", "files": files}) == ManualSource(
        "u", "ldc", files
    )
    with pytest.raises(ValueError, match="kind to be one of hub, web, archive, manual; found 'ftp'"):
        source_from({"kind": "ftp"})


@pytest.mark.parametrize("target", ["../a", "/a", "a/../../b", "a\\b", ""])
@pytest.mark.parametrize("kind", ["hub", "web", "archive", "manual"])
def test_targets_stay_in_the_data_folder(kind: str, target: str) -> None:
    entry = {"hub": {"repo": "r"}, "manual": {"url": "u", "terms": "ldc"}}.get(kind, {"url": "u/"})
    with pytest.raises(ValueError, match="Expected a path within the data folder, found "):
        source_from({"kind": kind, "files": {"a": target}, **entry})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"kind": "web", "url": "u", "files": {}}, "a url that ends with a slash, found 'u'"),
        (
            {"kind": "web", "url": "u/", "files": {}, "sha256": {"a": SHA256}},
            r"checksums of \[\], found those of \['a'",
        ),
        ({"kind": "web", "url": "u/", "files": {"a": "a"}, "sha256": {"a": "f"}}, "SHA-256 .* found 'f'"),
        ({"kind": "archive", "url": "u", "files": {}, "sha256": ""}, "64 hexadecimal digits, found ''"),
        ({"kind": "archive", "url": "u", "files": {"a/": "a"}}, "a folder for a folder, .* found 'a/': 'a'"),
        ({"kind": "archive", "url": "u", "files": {"a": "a/"}}, "a file for a file; found 'a': 'a/'"),
        ({"kind": "manual", "url": "u", "files": {}, "terms": "free"}, "one of ldc, dua, manual; found 'free'"),
    ],
)
def test_mistakes_in_tables(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        source_from(entry)
