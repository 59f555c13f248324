"""The system under test, from a URL or a TOML file (docs/targets.md).

name = "Dossier Ex"
product = "DPI"
actors = ["recipient", "responder"]
volets = ["cda/vsm"]

[endpoints.pdsm]
url = "https://ex.example/fhir"
ca_file = "ca.pem"                   # paths are relative to the file
client_certificate = "client.pem"
client_key = "client.key"
headers = { Authorization = "Bearer env:EX_TOKEN", X-Tenant = "file:tenant.txt" }
patients = "search"
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.errors import DataError, UsageError, reason
from harness.exchange import WEB, actors, options, schemes
from harness.files import read_named
from harness.library.nearest import is_it, slipped, suggestion
from harness.model import Endpoint, System, Text
from harness.runner.toml import TomlFile

if TYPE_CHECKING:
    from harness.library import Library

_KEYS = ("name", "product", "actors", "volets", "endpoints")
_ENDPOINT_KEYS = ("url", "ca_file", "client_certificate", "client_key", "headers")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OF_SECRETS = ("Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key")
_SCHEMES = ("Basic", "Bearer")
_SECRET = re.compile(r"(?P<scheme>[A-Za-z][\w-]* )?(?P<kind>env|file):(?P<where>.+)")


def load_target(
    text: str, name: str | None = None, environ: Mapping[str, str] = os.environ, library: Library | None = None
) -> System:
    """The system that a URL or a TOML file names. name: what the person calls it, before what the file says; library: whose grid
    has to know its product, and whose volets are those that a misspelt one may have been.

    A URL is a PDSm endpoint, and the system is then named by its host and port.
    Raises UsageError on a wrong URL, a missing file or secret; DataError on what the file says.
    """
    if "://" in text:
        url = _url(text, WEB)
        return System(name=name or urlsplit(url).netloc, endpoints=(Endpoint("pdsm", url),))
    path = Path(text)
    try:
        content = read_named(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            Text(f"{text} : ni une URL ni un fichier qui existe", f"{text}: neither a URL nor an existing file"),
            Text("Une URL commence par http:// ou https://.", "A URL begins with http:// or https://."),
        ) from None
    except UnicodeDecodeError:
        raise DataError(text, 1, Text("ce fichier n'est pas en UTF-8", "this file is not UTF-8")) from None
    except OSError as error:
        why = reason(error)
        raise UsageError(
            Text(f"{text} : {why.fr}", f"{text}: {why.en}"),
            Text("Donner une URL ou un fichier TOML.", "Give a URL or a TOML file."),
        ) from error
    return _File(path, content, environ, library).system(name)


def target_of(system: System) -> str:
    """Where a system is reached, in one line: the address of its endpoint, or of each by protocol."""
    if len(system.endpoints) == 1:
        return system.endpoints[0].url
    return ", ".join(f"{endpoint.protocol}={endpoint.url}" for endpoint in system.endpoints)


class _File(TomlFile):
    """The TOML file of a system."""

    def __init__(self, path: Path, content: str, environ: Mapping[str, str], library: Library | None) -> None:
        super().__init__(path, content)
        self._library = library
        self._environ = environ

    def system(self, name: str | None) -> System:
        self.check_keys(self.data, _KEYS)
        endpoints = self.data.get("endpoints", {})
        if not isinstance(endpoints, dict) or not endpoints:
            raise self.error(
                "endpoints", Text("aucun point d'accès : il faut [endpoints.pdsm]", "no endpoint: [endpoints.pdsm] is needed")
            )
        return System(
            name=name or self.text(self.data, "name", self.path.stem),
            endpoints=tuple(self._endpoint(protocol, data) for protocol, data in endpoints.items()),
            actors=self._actors(endpoints),
            volets=self._volets(),
            product=self._product(),
        )

    def _endpoint(self, protocol: str, data: Any) -> Endpoint:
        if not isinstance(data, dict) or "url" not in data:
            raise self.error(protocol, Text(f"[endpoints.{protocol}] n'a pas d'url", f"[endpoints.{protocol}] has no url"))
        headers = data.get("headers", {})
        if not isinstance(headers, dict):
            raise self.error("headers", Text("headers : il faut une table", "headers: a table is needed"))
        try:
            known, offered = schemes(protocol), options(protocol)
        except DataError:  # in the protocol's own file
            raise
        except UsageError as error:
            raise self.error(protocol, error.message, error.hint) from None
        self.check_keys(data, (*_ENDPOINT_KEYS, *offered))
        address = self.text(data, "url", "")
        try:
            url = _url(address, known)
        except UsageError as error:
            raise self.error("url", error.message, error.hint) from None
        self._check_certificates(data)
        chosen = {name: self.text(data, name, words[0]) for name, words in offered.items()}
        for name, word in chosen.items():
            if word not in offered[name]:
                raise self.error(name, f"{name}: {word}", suggestion(word, offered[name]))
        return Endpoint(
            protocol=protocol,
            url=url,
            ca_file=self._file(data, "ca_file"),
            client_certificate=self._file(data, "client_certificate"),
            client_key=self._file(data, "client_key"),
            headers={self._header(header): self._secret(header, value) for header, value in headers.items()},
            options=chosen,
        )

    def _actors(self, protocols: Iterable[str]) -> tuple[str, ...]:
        """What the system claims to be: names that its protocols have, where each has some."""
        claimed = self.texts("actors")
        known = [actors(protocol) for protocol in protocols]
        for actor in claimed if all(known) else ():
            if not any(actor in names for names in known):
                message = Text(f"acteur inconnu : {actor}", f"unknown actor: {actor}")
                raise self.error("actors", message, suggestion(actor, [name for names in known for name in names]))
        return claimed

    def _volets(self) -> tuple[str, ...]:
        """What it claims to handle: a volet that the library has not is the system's own, unless it is nearly one that it has."""
        claimed = self.texts("volets")
        known = [head.id for head in self._library.heads()] if self._library and claimed else []
        for volet in claimed:
            if meant := slipped(volet.partition("@")[0], known):
                message = Text(f"volet inconnu : {volet}", f"unknown volet: {volet}")
                raise self.error("volets", message, is_it(meant))
        return claimed

    def _product(self) -> str:
        product = self.text(self.data, "product", "")
        known = self._library.grid().products if self._library and product else {product: ""}
        if product not in known:
            message = Text(f"type de produit inconnu de la grille : {product}", f"product unknown to the grid: {product}")
            raise self.error("product", message, suggestion(product, known))
        return product

    def _header(self, name: str) -> str:
        if not _HEADER.fullmatch(name):
            raise self.error(
                name, Text(f"« {name} » n'est pas un nom d'en-tête possible", f"“{name}” is not a possible header name")
            )
        if name.title() not in _OF_SECRETS and (meant := slipped(name, _OF_SECRETS)):
            message = Text(f"en-tête inconnu : {name}", f"unknown header: {name}")
            raise self.error(name, message, is_it(meant))
        return name

    def _check_certificates(self, data: Mapping[str, Any]) -> None:
        """Check that certificate files are usable by TLS: their faults must not be blamed on the system."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authorities, certificate, key = (self._file(data, name) for name in ("ca_file", "client_certificate", "client_key"))
        if key and not certificate:
            raise self.error("client_key", Text("client_key : sans client_certificate", "client_key: without client_certificate"))
        try:
            if authorities:
                context.load_verify_locations(authorities)
        except OSError:
            raise self.error(
                "ca_file", Text(f"{authorities} : pas de certificat en PEM", f"{authorities}: no PEM certificate")
            ) from None
        try:
            if certificate:
                context.load_cert_chain(certificate, key, password=lambda: "")
        except (OSError, ValueError):
            raise self.error(
                "client_certificate",
                Text(
                    f"{certificate} : pas de certificat en PEM avec sa clé",
                    f"{certificate}: no PEM certificate with its key",
                ),
                Text(
                    "La clé est dans ce fichier ou dans client_key, sans mot de passe.",
                    "The key is in this file or in client_key, without a password.",
                ),
            ) from None

    def _file(self, data: Mapping[str, Any], key: str) -> str | None:
        if key not in data:
            return None
        path = self.path.parent / Path(self.text(data, key, "")).expanduser()
        if not path.is_file():
            raise self.error(key, Text(f"{key} : {path} n'existe pas", f"{key}: {path} does not exist"))
        return str(path)

    def _secret(self, header: str, value: Any) -> str:
        match = _SECRET.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise self.error(
                header,
                Text(f"l'en-tête {header} ne dit pas où est sa valeur", f"header {header} does not say where its value is"),
                Text(
                    f'Écrire {header} = "env:VARIABLE" ou "file:CHEMIN" (après "Bearer " au besoin) : pas de secret ici.',
                    f'Write {header} = "env:VARIABLE" or "file:PATH" (after "Bearer " if needed): no secret here.',
                ),
            )
        if (scheme := (match["scheme"] or "").strip()) and (meant := slipped(scheme, _SCHEMES)) and scheme.title() not in _SCHEMES:
            message = Text(f"{header} : « {scheme} » n'est pas reconnu", f"{header}: {scheme!r} is not recognised")
            raise self.error(header, message, is_it(meant))
        secret = self._from_environment(header, match) if match["kind"] == "env" else self._from_file(header, match["where"])
        if not (secret.isascii() and secret.isprintable() and secret):
            raise self.error(
                header,
                Text(
                    f"{match['where']} est vide ou n'est pas un en-tête possible",
                    f"{match['where']} is empty or no possible header",
                ),
            )
        return (match["scheme"] or "") + secret

    def _from_environment(self, header: str, match: re.Match[str]) -> str:
        variable = match["where"]
        if variable not in self._environ:
            raise self.error(
                header,
                Text(f"la variable d'environnement {variable} n'est pas définie", f"environment variable {variable} is not set"),
                Text(f"export {variable}=... avant de lancer la commande.", f"export {variable}=... before running the command."),
            )
        return self._environ[variable].strip()

    def _from_file(self, header: str, where: str) -> str:
        path = self.path.parent / Path(where).expanduser()
        try:
            return read_named(path).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise self.error(header, Text(f"{path} ne peut pas être lu ({error})", f"{path} cannot be read ({error})")) from None


def _url(text: str, schemes: tuple[str, ...]) -> str:
    """The URL without its last slash. Raises UsageError when it is no URL of these schemes, or carries a password."""
    try:
        parts = urlsplit(text)
        place = parts.hostname or (parts.path if schemes != WEB else "")  # `file:///exports` has no host
        valid = parts.scheme in schemes and bool(place) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        named = "http(s)" if schemes == WEB else ", ".join(schemes)
        raise UsageError(
            Text(f"{text} n'est pas une adresse {named}", f"{text} is not an {named} address"),
            Text(f"Exemple : {schemes[-1]}://exemple.fr/fhir", f"Example: {schemes[-1]}://example.org/fhir"),
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(
            Text(
                f"{parts.scheme}://{parts.hostname}… : ni identifiants, ni paramètres, ni fragment dans l'adresse",
                f"{parts.scheme}://{parts.hostname}…: no credentials, parameters or fragment in the address",
            ),
            Text(
                "Donner les secrets par les headers d'un fichier TOML (env: ou file:).",
                "Give secrets as headers of a TOML file (env: or file:).",
            ),
        )
    return text.rstrip("/")
