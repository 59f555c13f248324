"""A registry that speaks the npm protocol, FHIR's own included: what it publishes, and its archives.

No registry is known here: its address is given, or is the one that npm itself uses on this machine (`npmrc`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError

from harness.errors import UnreachableSystem, UsageError
from harness.library.fhir import versions
from harness.library.fhir.tarballs import BOUNDS
from harness.model import Text
from harness.packages.fhir import npmrc
from harness.packages.fhir.npmrc import Credentials
from harness.secrets import without_secrets
from harness.values import dataclass

_TIMES = (10, 60)  # seconds to connect, and between two pieces of an answer
_PIECE = 1 << 16
_SLOWEST = 1000  # bytes a second, once the first minute is over
_MINUTE = 60.0
_REDIRECTS = 10
_LONGEST_DOCUMENT = 64_000_000
_ACCEPT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
_ALGORITHMS = ("sha512", "sha384", "sha256", "sha1")


@dataclass(frozen=True, slots=True)
class Published:
    """One version. integrity: digests that its archive must have, as `sha512-…`; none when the registry gives none.

    uncheckable: the algorithms of those that it gives, where none of them is known here.
    """

    name: str
    version: str
    address: str
    integrity: tuple[str, ...]
    uncheckable: str = ""


class NotPublished(UsageError):
    """The registry does not have it."""


class Registry:
    """base: its address. Answers are asked once and kept. Its credentials are sent to the place they are of, and to no other."""

    def __init__(self, base: str, credentials: Credentials | None = None) -> None:
        base, header = npmrc.without_credentials(base)
        if urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).netloc:
            raise UsageError(Text(f"« {base} » n'est pas l'adresse d'un registre", f'"{base}" is not the address of a registry'))
        self.base = base.rstrip("/")
        known = credentials or Credentials()
        self._credentials = known if header is None else known.with_place(npmrc.place_of(base), header)
        self._session = requests.Session()
        self._session.auth = lambda request: request  # else requests would send what .netrc says, after a redirect too
        self._known: dict[str, Mapping[str, Any]] = {}

    def versions(self, name: str) -> list[str]:
        """Raises NotPublished, UnreachableSystem."""
        return list(self._document(name)["versions"])

    def choose(self, name: str, wanted: str) -> Published:
        """The best version that a dependency's version admits. Raises NotPublished, UnreachableSystem."""
        document = self._document(name)
        known: Mapping[str, Any] = document["versions"]
        tags = document.get("dist-tags", {})
        tagged = tags.get(wanted) if isinstance(tags, Mapping) else None
        if isinstance(tagged, str) and tagged in known:
            return self._published(name, tagged, known[tagged])
        found = versions.admitted(wanted, known)
        if not found:
            last = ", ".join(sorted(known, key=versions.order)[-6:]) or "-"
            raise NotPublished(
                Text(f"{name} : version {wanted} non publiée", f"{name}: version {wanted} is not published"),
                Text(f"Dernières versions du registre : {last}.", f"Last versions of the registry: {last}."),
            )
        return self._published(name, found[-1], known[found[-1]])

    def download(self, published: Published, place: Path) -> bytes:
        """The archive, written to the file as it comes, and checked.

        Raises UnreachableSystem, and UsageError when it is not the one announced.
        """
        content = self._fetched(published, place)
        for said in published.integrity:
            if not matches(content, said):
                raise UsageError(
                    Text(
                        f"{published.name}@{published.version} : l'archive reçue n'a pas l'empreinte annoncée ({said[:19]}…)",
                        f"{published.name}@{published.version}: the archive does not have the digest announced ({said[:19]}…)",
                    ),
                    Text(
                        "Rien n'a été installé ; recommencer, ou changer de registre.",
                        "Nothing was installed; try again, or another registry.",
                    ),
                )
        return content

    def _fetched(self, published: Published, place: Path) -> bytes:
        own = urlsplit(self.base)
        elsewhere = urlsplit(published.address)
        addresses = [published.address]
        if elsewhere.netloc != own.netloc:  # a mirror that hands on the addresses of what it mirrors
            addresses.append(urlunsplit((own.scheme, own.netloc, elsewhere.path, elsewhere.query, "")))
        for address in addresses[:-1]:
            try:
                return self._streamed(address, place)
            except (UnreachableSystem, NotPublished):
                continue
        return self._streamed(addresses[-1], place)

    def _streamed(self, address: str, place: Path) -> bytes:
        shown = without_secrets(address)
        try:
            with (
                self._get(address, {"Accept-Encoding": "identity"}) as answer,
                place.open("wb") as file,
            ):
                _require_found(answer, shown)
                size = 0
                for piece in _pieces(answer, address):
                    size += len(piece)
                    if size > BOUNDS.packed:
                        raise UsageError(Text(f"{shown} : archive trop grande", f"{shown}: archive too large"))
                    file.write(piece)
                announced = answer.headers.get("Content-Length", "")
                if announced.isdigit() and not answer.headers.get("Content-Encoding") and int(announced) != size:
                    raise _unreachable(address, f"{size} / {announced}")
        except requests.RequestException as error:
            raise _unreachable(address, _told(error)) from None
        return place.read_bytes()

    def _document(self, name: str) -> Mapping[str, Any]:
        if name not in self._known:
            address = f"{self.base}/{quote(name, safe='@')}"
            try:
                with self._get(address, {"Accept": _ACCEPT}) as answer:
                    _require_found(answer, name)
                    content = bytearray()
                    for piece in _pieces(answer, address):
                        content += piece
                        if len(content) > _LONGEST_DOCUMENT:
                            raise _unreachable(address, f"> {_LONGEST_DOCUMENT}")
                document = json.loads(content)
            except requests.RequestException as error:
                raise _unreachable(address, _told(error)) from None
            except (ValueError, RecursionError):
                document = None
            if not isinstance(document, dict) or not isinstance(document.get("versions"), dict):
                raise _unreachable(address, "versions ?")
            self._known[name] = document
        return self._known[name]

    def _get(self, address: str, headers: Mapping[str, str]) -> requests.Response:
        """Follow redirects ourselves: each URL only gets the credentials of its own place."""
        for _ in range(_REDIRECTS):
            secret = self._credentials.of(address, self.base)
            sent = {**headers, "Authorization": secret} if secret else dict(headers)
            answer = self._session.get(address, headers=sent, stream=True, timeout=_TIMES, allow_redirects=False)
            if not answer.is_redirect:
                return answer
            answer.close()
            address, _ = npmrc.without_credentials(urljoin(address, answer.headers["Location"]))
            if urlsplit(address).scheme not in ("http", "https"):
                break
        raise requests.TooManyRedirects

    def _published(self, name: str, version: str, said: Any) -> Published:
        plain = _mapping(said)
        dist = _mapping(plain.get("dist"))
        # FHIR's registries give the archive at NAME/VERSION, and say so in `url` when they say anything
        address = dist.get("tarball") or plain.get("url") or f"{self.base}/{quote(name, safe='@')}/{quote(version, safe='')}"
        address, _ = npmrc.without_credentials(urljoin(f"{self.base}/", str(address)))
        if urlsplit(address).scheme not in ("http", "https"):
            shown = without_secrets(address)
            raise UsageError(Text(f"{name}@{version} : adresse refusée : {shown}", f"{name}@{version}: address refused: {shown}"))
        announced = str(dist.get("integrity") or "").split()
        integrity = [one for one in announced if one.partition("-")[0] in _ALGORITHMS]
        if re.fullmatch(r"[0-9a-fA-F]{40}", str(dist.get("shasum", ""))):
            integrity.append("sha1-" + base64.b64encode(bytes.fromhex(dist["shasum"])).decode())
        unknown = "" if integrity else ", ".join(one.partition("-")[0] for one in announced)
        return Published(name, version, address, tuple(integrity), unknown)


def matches(content: bytes, integrity: str) -> bool:
    """Whether these bytes have this digest, written as npm does: `sha512-` and base64."""
    algorithm, _, wanted = integrity.partition("-")
    if algorithm not in _ALGORITHMS:
        return False
    found = base64.b64encode(hashlib.new(algorithm, content, usedforsecurity=False).digest()).decode()
    return found == wanted.partition("?")[0]


def _pieces(answer: requests.Response, address: str) -> Iterator[bytes]:
    """The body as it comes: what never ends although each piece of it is in time is given up.

    Raises UnreachableSystem, and RequestException as `iter_content` does, which waits until a piece is whole.
    """
    began = time.monotonic()
    size = 0
    while True:
        try:
            piece = answer.raw.read1(_PIECE, decode_content=True)
        except (HTTPError, OSError) as error:
            raise requests.ConnectionError(error) from None
        if not piece:
            return
        yield piece
        size += len(piece)
        took = time.monotonic() - began
        if took > _MINUTE and size < took * _SLOWEST:
            raise _unreachable(address, f"{size} B / {took:.0f} s")


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _require_found(answer: requests.Response, what: str) -> None:
    if answer.status_code in (404, 410):
        raise NotPublished(
            Text(f"{what} : inconnu du registre", f"{what}: the registry does not know it"),
            Text(
                "Vérifier le nom, ou donner un autre registre : `--registry URL`.",
                "Check the name, or give another registry: `--registry URL`.",
            ),
        )
    if answer.status_code in (401, 403):
        address = without_secrets(str(answer.url))
        raise UnreachableSystem(
            Text(
                f"{address} : accès refusé (HTTP {answer.status_code})",
                f"{address}: access refused (HTTP {answer.status_code})",
            ),
            Text(
                "Écrire le jeton de ce registre dans .npmrc, comme pour npm : //HÔTE/CHEMIN/:_authToken=JETON.",
                "Write the token of this registry in .npmrc, as for npm: //HOST/PATH/:_authToken=TOKEN.",
            ),
        )
    if answer.status_code != 200:
        raise _unreachable(answer.url, f"HTTP {answer.status_code}")


def _unreachable(address: str, why: Text | str) -> UnreachableSystem:
    address = without_secrets(address)
    said = why if isinstance(why, Text) else Text(why, why)
    return UnreachableSystem(
        Text(f"{address} : pas de réponse utilisable ({said.fr})", f"{address}: no usable answer ({said.en})"),
        Text("Rien n'a été installé de ce paquet ; recommencer.", "Nothing of this package was installed; try again."),
    )


_FAILURES = (  # the narrower first; the words of an error may hold credentials
    (requests.exceptions.SSLError, Text("le certificat n'est pas reconnu", "the certificate is not trusted")),
    (requests.exceptions.Timeout, Text("délai dépassé", "no answer in time")),
    (requests.exceptions.ProxyError, Text("le mandataire (proxy) ne répond pas", "the proxy does not answer")),
    (requests.exceptions.ConnectionError, Text("connexion impossible", "cannot connect")),
    (requests.exceptions.ChunkedEncodingError, Text("réponse coupée", "the answer was cut")),
    (requests.exceptions.TooManyRedirects, Text("trop de redirections", "too many redirects")),
)


def _told(error: requests.RequestException) -> Text | str:
    return next((said for kind, said in _FAILURES if isinstance(error, kind)), type(error).__name__)
