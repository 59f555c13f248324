"""A small registry that speaks the npm protocol on loopback, and tiny invented packages for it."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness.library.fhir import tarballs

URL = "http://example.org/StructureDefinition/"


def structure(name: str, version: str = "1.0.0", *, snapshot: bool = True, minimum: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "StructureDefinition",
        "url": URL + name,
        "version": version,
        "name": name,
        "type": "Patient",
        "kind": "resource",
        "derivation": "constraint",
    }
    if snapshot:
        made["snapshot"] = {"element": [{"id": "Patient", "path": "Patient", "min": minimum, "max": "*"}]}
    return made


def package(name: str, version: str, depends: Mapping[str, str] | None = None, *resources: Any, fhir: str = "4.0.1") -> bytes:
    manifest = {"name": name, "version": version, "fhirVersions": [fhir], "dependencies": dict(depends or {}), "title": f"{name} !"}
    files = {"package/package.json": json.dumps(manifest).encode()}
    for number, resource in enumerate(resources):
        files[f"package/{number}.json"] = json.dumps(resource).encode() if isinstance(resource, dict) else resource
    return tarballs.packed(files)


class Registry:
    """Archives by (name, version). spoiled: versions whose archive is cut short; wrong: served with another content.

    drips: its archives come a byte at a time; algorithm: that it says its digests are of; secret: the Authorization that it wants;
    moved: the address where its archives are now; authorised: what each request sent.
    """

    def __init__(self, *archives: bytes, fhir_shape: bool = False) -> None:
        self.archives: dict[tuple[str, str], bytes] = {}
        self.spoiled: set[tuple[str, str]] = set()
        self.wrong: dict[tuple[str, str], bytes] = {}
        self.asked: list[str] = []
        self.secret = ""
        self.moved = ""
        self.drips = False
        self.algorithm = "sha512"
        self.authorised: list[str | None] = []
        self.fhir_shape = fhir_shape
        self.address = ""
        for archive in archives:
            said = tarballs.manifest(archive)
            self.archives[said["name"], said["version"]] = archive

    def document(self, name: str) -> dict[str, Any] | None:
        found = {version: content for (one, version), content in self.archives.items() if one == name}
        if not found:
            return None
        return {"name": name, "versions": {version: self._version(name, version, content) for version, content in found.items()}}

    def _version(self, name: str, version: str, content: bytes) -> dict[str, Any]:
        if self.fhir_shape:  # packages.fhir.org's shape: no tarball, the archive is at NAME/VERSION
            return {"name": name, "version": version, "dist": {"shasum": hashlib.sha1(content).hexdigest()}}
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        return {"dist": {"tarball": f"{self.address}/{name}/-/{name}-{version}.tgz", "integrity": f"{self.algorithm}-{digest}"}}

    def archive(self, path: str) -> tuple[str, str] | None:
        for name, version in self.archives:
            if path in (f"/{name}/-/{name}-{version}.tgz", f"/{name}/{version}"):
                return name, version
        return None


@contextmanager
def served(registry: Registry) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            registry.asked.append(self.path)
            registry.authorised.append(self.headers.get("Authorization"))
            if registry.secret and registry.authorised[-1] != registry.secret:
                self.send_error(401)
                return
            if registry.moved and registry.archive(self.path) is not None:
                self.send_response(302)
                self.send_header("Location", registry.moved + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if (key := registry.archive(self.path)) is not None:
                content = registry.wrong.get(key, registry.archives[key])
                self._answer(content, cut=key in registry.spoiled)
            elif (document := registry.document(self.path[1:])) is not None:
                self._answer(json.dumps(document).encode())
            else:
                self.send_error(404)

        def _answer(self, content: bytes, *, cut: bool = False) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if registry.drips and content[:2] == b"\x1f\x8b":
                self._drip(content)
            else:
                self.wfile.write(content[: len(content) // 2] if cut else content)

        def _drip(self, content: bytes) -> None:
            with suppress(OSError):  # who asked went away
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.02)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield registry.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
