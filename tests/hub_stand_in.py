"""A stand-in for the Hub on the loopback: repositories in memory, and plain files, over real HTTP.

It answers as much of the Hub's interface as downloads, `load_dataset`, `push_to_hub` and `upload_folder` ask for when
HF_HUB_DISABLE_XET is set. `tests/test_hub_stand_in.py` holds it to what the client libraries expect.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_stand_in"
LFS_SUFFIXES = (".parquet", ".arrow", ".safetensors", ".bin")

_TYPE = r"(?P<type>model|dataset|space)s"
_REPO = r"(?P<repo>[^/]+/[^/]+?)"
_ROUTES = [  # method, pattern of the path, name of the method that answers
    ("GET", r"/plain/(?P<path>.+)", "plain_file"),
    ("POST", r"/api/repos/create", "create"),
    ("POST", r"/api/validate-yaml", "validate_yaml"),
    ("GET", rf"/api/{_TYPE}/{_REPO}(/revision/(?P<revision>[^/]+))?", "repository_info"),
    ("GET", rf"/api/{_TYPE}/{_REPO}/tree/(?P<revision>[^/]+)(/(?P<path>.+))?", "tree"),
    ("POST", rf"/api/{_TYPE}/{_REPO}/paths-info/(?P<revision>[^/]+)", "paths_info"),
    ("POST", rf"/api/{_TYPE}/{_REPO}/preupload/(?P<revision>[^/]+)", "preupload"),
    ("POST", rf"/api/{_TYPE}/{_REPO}/commit/(?P<revision>[^/]+)", "commit"),
    ("POST", rf"/((?P<type>dataset|space)s/)?{_REPO}\.git/info/lfs/objects/batch", "lfs_batch"),
    ("PUT", r"/lfs/(?P<oid>[0-9a-f]{64})", "lfs_upload"),
    ("GET", rf"/((?P<type>dataset|space)s/)?{_REPO}/resolve/(?P<revision>[^/]+)/(?P<path>.+)", "repository_file"),
]


@dataclass
class HubState:
    """What the stand-in holds, for tests to fill and to read.

    Args:
        repositories: `("dataset", "me/set")` -> revision -> path -> content.
        plain: path -> content of files at `/plain/`, which are no part of the Hub.
        stated: path -> SHA-256 checksum that is told of a file in place of its own.
        cuts: path -> for each of the next requests, after how many bytes the connection breaks off.
        gated: ids of repositories whose terms nobody has accepted.
        private: ids of repositories that are not there for whoever brings no token.
        breaks: for each path that is given, how many of the next uploads and commits there break off half way, their
            answer never sent.
        requests: what was asked: method, path, value of the Range header.
    """

    repositories: dict[tuple[str, str], dict[str, dict[str, bytes]]] = field(default_factory=dict)
    plain: dict[str, bytes] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    cuts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    gated: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    breaks: Counter[str] = field(default_factory=Counter)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    def add_dataset(self, repo: str, files: dict[str, bytes], revision: str = "main") -> None:
        """Put files into a data set repository."""
        self.repositories.setdefault(("dataset", repo), {}).setdefault(revision, {}).update(files)

    def environment(self, home: Path, token: str | None = TOKEN) -> dict[str, str]:
        """Return the environment of a client process: libraries read these when they are imported."""
        return {
            **os.environ,
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(home),
            "HF_TOKEN": token or "",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }


class HubError(Exception):
    """An answer that is an error: its status, and the code that the Hub puts into a header."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class _Handler(BaseHTTPRequestHandler):
    state: HubState
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_HEAD(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        path = unquote(urlsplit(self.path).path)
        self.query = parse_qs(urlsplit(self.path).query)
        self.state.requests.append((self.command, path, self.headers.get("Range")))
        broken = next((one for one in +self.state.breaks if path.startswith(one) and method in ("PUT", "POST")), None)
        if broken is not None:
            self.state.breaks[broken] -= 1
            self.rfile.read(length // 2)
            self.close_connection = True
            return
        self.body = self.rfile.read(length)
        raw_path = urlsplit(self.path).path
        try:
            for its_method, pattern, name in _ROUTES:
                # Revisions keep their slashes quoted; the other parts come unquoted.
                match = re.fullmatch(pattern, raw_path)
                if its_method == method and match:
                    parts = {key: unquote(value) for key, value in match.groupdict().items() if value is not None}
                    return getattr(self, name)(**parts)
            raise HubError(404, "NotFound")
        except HubError as error:
            self._send(
                json.dumps({"error": error.code}).encode(), status=error.status, headers={"X-Error-Code": error.code}
            )

    # ------------------------------------------------------------ answers

    def plain_file(self, path: str) -> None:
        if path not in self.state.plain:
            raise HubError(404, "")
        self._send_file(path, self.state.plain[path], {})

    def create(self) -> None:
        asked = json.loads(self.body)
        repo = f"{asked.get('organization') or 'me'}/{asked['name']}"
        if not self._known():
            raise HubError(401, "")
        if (
            asked.get("visibility") == "private"
            and (asked.get("type") or "model", repo) not in self.state.repositories
        ):
            self.state.private.add(repo)
        key = (asked.get("type") or "model", repo)
        is_new = key not in self.state.repositories
        self.state.repositories.setdefault(key, {"main": {".gitattributes": b""}})
        prefix = "" if key[0] == "model" else f"{key[0]}s/"
        answer = {"url": f"{self.state.url}/{prefix}{repo}", "name": repo, "id": repo}
        self._send_json(answer, status=200 if is_new else 409)

    def validate_yaml(self) -> None:
        self._send_json({"errors": [], "warnings": []})

    def repository_info(self, type: str, repo: str, revision: str = "main") -> None:
        files = self._files(type, repo, revision)
        self._send_json(
            {
                "id": repo,
                "sha": _commit_id(files),
                "private": repo in self.state.private,
                "gated": False,
                "tags": [],
                "siblings": [{"rfilename": path} for path in sorted(files)],
            }
        )

    def tree(self, type: str, repo: str, revision: str, path: str = "") -> None:
        files = self._files(type, repo, revision)
        beneath = {one: content for one, content in files.items() if one.startswith(f"{path}/" if path else "")}
        if path and not beneath:
            raise HubError(404, "EntryNotFound")
        start = len(path) + 1 if path else 0
        folders: set[str] = set()
        entries = []
        for one, content in sorted(beneath.items()):
            parents = [one[: match.start()] for match in re.finditer("/", one) if match.start() >= start]
            folders.update(parents[: None if self.query.get("recursive") == ["true"] else 1])
            if not parents or self.query.get("recursive") == ["true"]:
                entries.append(self._entry(one, content))
        found = [
            {"type": "directory", "path": folder, "oid": _git_id(folder.encode()), "size": 0} for folder in folders
        ]
        self._send_json(sorted(found + entries, key=lambda entry: str(entry["path"])))

    def paths_info(self, type: str, repo: str, revision: str) -> None:
        files = self._files(type, repo, revision)
        is_json = "json" in (self.headers.get("Content-Type") or "")
        paths = json.loads(self.body)["paths"] if is_json else parse_qs(self.body.decode()).get("paths", [])
        found = [self._entry(path, files[path]) for path in paths if path in files]
        folders = [path for path in paths if any(one.startswith(f"{path}/") for one in files)]
        found += [{"type": "directory", "path": path, "oid": _git_id(path.encode()), "size": 0} for path in folders]
        self._send_json(found)

    def preupload(self, type: str, repo: str, revision: str) -> None:
        files = self._files(type, repo, revision)
        self._send_json(
            {
                "files": [
                    {
                        "path": one["path"],
                        "uploadMode": "lfs" if one["path"].endswith(LFS_SUFFIXES) else "regular",
                        "shouldIgnore": False,
                        "oid": self._entry(one["path"], files[one["path"]])["oid"] if one["path"] in files else None,
                    }
                    for one in json.loads(self.body)["files"]
                ]
            }
        )

    def lfs_batch(self, repo: str, type: str = "model") -> None:
        objects = json.loads(self.body)["objects"]
        for one in objects:
            if one["oid"] not in self.state.uploads:  # what the Hub has is not asked for again
                one["actions"] = {"upload": {"href": f"{self.state.url}/lfs/{one['oid']}"}}
        self._send_json({"transfer": "basic", "objects": objects})

    def lfs_upload(self, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise HubError(400, "WrongChecksum")
        self.state.uploads[oid] = self.body
        self._send(b"")

    def commit(self, type: str, repo: str, revision: str) -> None:
        files = self._files(type, repo, revision)
        for operation in map(json.loads, self.body.splitlines()):
            value = operation["value"]
            match operation["key"]:
                case "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                case "lfsFile":
                    files[value["path"]] = self.state.uploads[value["oid"]]
                case "deletedFile":
                    del files[value["path"]]
                case "deletedFolder":
                    for path in [one for one in files if one.startswith(value["path"].rstrip("/") + "/")]:
                        del files[path]
        commit = _commit_id(files)
        prefix = "" if type == "model" else f"{type}s/"
        self._send_json(
            {"success": True, "commitOid": commit, "commitUrl": f"{self.state.url}/{prefix}{repo}/commit/{commit}"}
        )

    def repository_file(self, repo: str, revision: str, path: str, type: str = "model") -> None:
        files = self._files(type, repo, revision)
        commit = {"X-Repo-Commit": _commit_id(files)}
        if path not in files:
            return self._send(b"", status=404, headers={**commit, "X-Error-Code": "EntryNotFound"})
        entry = self._entry(path, files[path])
        tag = entry["lfs"]["oid"] if "lfs" in entry else entry["oid"]
        headers = {**commit, "ETag": f'"{tag}"'}
        if "lfs" in entry:
            headers |= {"X-Linked-ETag": f'"{tag}"', "X-Linked-Size": str(len(files[path]))}
        self._send_file(path, files[path], headers)

    # ------------------------------------------------------------ parts of answers

    def _files(self, type: str, repo: str, revision: str) -> dict[str, bytes]:
        """Return the files at a branch or at the commit that it stands at."""
        if repo in self.state.private and not self._known():
            raise HubError(401, "RepoNotFound")
        if repo in self.state.gated:
            raise HubError(403, "GatedRepo")
        revisions = self.state.repositories.get((type, repo))
        if revisions is None:
            raise HubError(404, "RepoNotFound")
        for name, files in revisions.items():
            if revision in (name, _commit_id(files)):
                return files
        raise HubError(404, "RevisionNotFound")

    def _known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _entry(self, path: str, content: bytes) -> dict[str, Any]:
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": _git_id(content)}
        if path.endswith(LFS_SUFFIXES):
            oid = self.state.stated.get(path, hashlib.sha256(content).hexdigest())
            entry["lfs"] = {"oid": oid, "size": len(content), "pointerSize": 130}
        return entry

    def _send_file(self, path: str, content: bytes, headers: dict[str, str]) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        headers = {**headers, "Accept-Ranges": "bytes"}
        if asked is None:
            return self._send(content, headers=headers, path=path)
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self._send(content[first : last + 1], status=206, headers=headers, path=path)

    def _send_json(self, answer: Any, status: int = 200) -> None:
        self._send(json.dumps(answer).encode(), status=status, headers={"Content-Type": "application/json"})

    def _send(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None, path: str = "") -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            cuts = self.state.cuts[path]
            self.close_connection = bool(cuts)
            self.wfile.write(body[: cuts.pop(0)] if cuts else body)


@contextmanager
def hub_stand_in() -> Iterator[HubState]:
    """Run a stand-in; its address is the `url` of what it gives."""
    state = HubState()
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()


def _git_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _commit_id(files: dict[str, bytes]) -> str:
    told = "".join(f"{path}\0{_git_id(content)}\0" for path, content in sorted(files.items()))
    return hashlib.sha1(told.encode()).hexdigest()
