"""What npm is configured with on this machine: its registry, and the credentials of each.

Credentials belong to one place, `//host[:port]/path/`, as npm writes them in .npmrc: they are sent nowhere else, and shown nowhere.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from harness.errors import UsageError
from harness.model import Text

_OF_A_PLACE = re.compile(r"//(?P<place>[^\s:/]+(?::\d+)?(?:/[^\s:]*)?):(?P<what>_authToken|_auth|username|_password)")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Credentials:
    """The header of authorisation by place. Its text tells the places only."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._headers = dict(headers or {})

    def __repr__(self) -> str:
        return f"Credentials({', '.join(sorted(self._headers))})"

    def with_place(self, place: str, header: str) -> Credentials:
        return Credentials({**self._headers, place: header})

    def of(self, url: str, registry: str = "") -> str | None:
        """The header for this address: that of the longest place it is in, or of the registry that it is on the host of."""
        for address in (url, registry if _host(url) == _host(registry) else ""):
            parts = urlsplit(address)
            path = f"{_host(address)}{parts.path.rstrip('/')}/"
            while parts.netloc:
                if path in self._headers:
                    return self._headers[path]
                if path.count("/") < 2:
                    break
                path = path.rstrip("/").rpartition("/")[0] + "/"
        return None


def configured(environment: Mapping[str, str] | None = None) -> str:
    """The registry of npm: its variable, its own file, then npm itself. Raises UsageError when none is named."""
    settings = os.environ if environment is None else environment
    for name, value in settings.items():
        if name.lower() == "npm_config_registry" and value:
            return value
    for path in _files(settings):
        named = [value for key, value in _settings(path, settings) if key == "registry" and value]
        if named:
            return named[-1]
    if (npm := shutil.which("npm", path=settings.get("PATH"))) is not None:
        try:
            told = subprocess.run(
                [npm, "config", "get", "registry"], capture_output=True, text=True, timeout=30, check=True
            ).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            told = ""
        if told.startswith(("http://", "https://")):
            return told
    raise UsageError(
        Text("aucun registre n'est connu", "no registry is known"),
        Text(
            "Le donner : `--registry URL`, ou npm_config_registry. Sans réseau : `harness packages add FICHIER.tgz`.",
            "Give it: `--registry URL`, or npm_config_registry. Without network: `harness packages add FILE.tgz`.",
        ),
    )


def credentials(environment: Mapping[str, str] | None = None) -> Credentials:
    """The credentials of .npmrc, in this folder then the user's; for each place, the first file that has some."""
    settings = os.environ if environment is None else environment
    headers: dict[str, str] = {}
    for path in _files(settings):
        found: dict[str, dict[str, str]] = {}
        for key, value in _settings(path, settings):
            if (said := _OF_A_PLACE.fullmatch(key)) is not None and value:
                found.setdefault(said["place"].lower().rstrip("/") + "/", {})[said["what"]] = value
        for place, given in found.items():
            if (header := _header(given)) is not None:
                headers.setdefault(place, header)
    return Credentials(headers)


def without_credentials(url: str) -> tuple[str, str | None]:
    """The URL without its user and password, and the header that they make."""
    parts = urlsplit(url)
    if parts.username is None and parts.password is None:
        return url, None
    host = parts.netloc.rpartition("@")[2]
    plain = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
    return plain, _basic(unquote(parts.username or ""), unquote(parts.password or ""))


def place_of(url: str) -> str:
    return f"{_host(url)}{urlsplit(url).path.rstrip('/')}/"


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _header(given: Mapping[str, str]) -> str | None:
    if "_authToken" in given:
        return f"Bearer {given['_authToken']}"
    if "_auth" in given:
        return f"Basic {given['_auth']}"
    try:
        password = base64.b64decode(given["_password"], validate=True).decode()  # npm writes it so
        return _basic(given["username"], password)
    except (KeyError, binascii.Error, UnicodeDecodeError):
        return None


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _files(settings: Mapping[str, str]) -> tuple[Path, Path]:
    mine = settings.get("NPM_CONFIG_USERCONFIG") or settings.get("npm_config_userconfig")
    return Path(".npmrc"), Path(mine) if mine else Path.home() / ".npmrc"


def _settings(path: Path, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names and values of a file; one that names a variable that is not set is left out."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        name, sign, value = line.strip().partition("=")
        if not sign or name.startswith((";", "#")):
            continue
        value = value.strip().strip("\"'")
        if all(one in environment for one in _VARIABLE.findall(value)):
            yield name.strip(), _VARIABLE.sub(lambda one: environment[one[1]], value)
