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
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.errors import DataError, UsageError, reason
from harness.exchange import WEB, actors, schemes
from harness.files import read_named
from harness.library.nearest import slipped, suggestion
from harness.model import Endpoint, System, Text

if TYPE_CHECKING:
    from harness.library import Library

_KEYS = ("name", "product", "actors", "volets", "endpoints")
_ENDPOINT_KEYS = ("url", "ca_file", "client_certificate", "client_key", "headers", "patients")
_PATIENTS = ("search", "identifier", "bundle")
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
            Text(f"{text} : ni une URL ni un fichier qui existe", f"{text}: neither a URL nor a file that exists"),
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


_TOML_IN_FRENCH = (  # what the parser of Python says, by its first words
    ("Unterminated string", "un guillemet n'est pas fermé"),
    (r"Illegal character '\n'", "un guillemet n'est pas fermé à la fin de sa ligne"),
    (r"Illegal character '\r", "un guillemet n'est pas fermé à la fin de sa ligne"),
    ("Illegal character", "un signe de contrôle ne s'écrit pas dans un texte"),
    (r"Found invalid character '\n'", "une apostrophe n'est pas fermée à la fin de sa ligne"),
    ("Found invalid character", "un signe de contrôle n'a rien à faire ici"),
    ("Expected \"'", "une apostrophe n'est pas fermée"),
    ("Invalid value", "cette valeur ne se lit pas : un texte se met entre guillemets"),
    ("Expected '=' after a key", "le signe = manque après une clé"),
    ("Invalid initial character for a key part", "une clé manque ici, ou son nom a un signe qui demande des guillemets"),
    ("Cannot overwrite a value", "une clé est écrite deux fois"),
    ("Duplicate inline table key", "une clé est écrite deux fois"),
    ("Cannot declare", "une table est écrite deux fois"),
    ("Cannot redefine", "une table est écrite à deux endroits : tout y mettre à un seul"),
    ("Cannot mutate", "ceci est déjà écrit, et entier : y ajouter plus haut ce qui manque"),
    ("Expected ']' at the end of a table", "un crochet ] manque après le nom d'une table"),
    ("Expected ']]' at the end of an array", "deux crochets ]] manquent après le nom d'une table"),
    ("Unclosed array", "un crochet ] manque"),
    ("Unclosed inline table", "une accolade } manque"),
    ("Expected newline or end of document", "quelque chose suit la valeur sur sa ligne"),
    ("Unescaped", "une barre \\ d'un texte entre guillemets s'écrit \\\\"),
    ("Invalid hex value", "après \\u ou \\x vient le numéro d'un caractère, en chiffres hexadécimaux"),
    ("Escaped character", "ce numéro n'est celui d'aucun caractère"),
    ("Invalid date or datetime", "cette date n'existe pas"),
    ("Invalid statement", "cette ligne n'est ni une clé (entre guillemets si elle a un accent) et sa valeur, ni une [table]"),
    ("Exceeds the limit", "un nombre a trop de chiffres"),
    ("maximum recursion depth", "trop de crochets sont ouverts l'un dans l'autre"),
)


class _File:
    """One TOML file being read."""

    def __init__(self, path: Path, content: str, environ: Mapping[str, str], library: Library | None) -> None:
        self._path = path
        self._library = library
        self._lines = content.splitlines()
        self._environ = environ
        try:
            self._data = tomllib.loads(content)
        except (ValueError, RecursionError) as error:  # a number or a nesting beyond what Python reads are no TOMLDecodeError
            line = re.search(r"at line (\d+)", str(error))
            number = int(line[1]) if line else self._longest_number()
            said = str(error).partition(" (at ")[0]  # the line is told once
            words = next((french for begin, french in _TOML_IN_FRENCH if said.startswith(begin)), said)
            raise DataError(str(path), number, Text(f"TOML mal formé : {words}", f"malformed TOML: {said}")) from None

    def _longest_number(self) -> int:
        """Line of what Python does not read as a number, without telling where it is; else the last."""
        long = (number for number, line in enumerate(self._lines, 1) if re.search(r"[0-9_]{4300}", line))
        return next(long, len(self._lines))

    def system(self, name: str | None) -> System:
        self._check_keys(self._data, _KEYS)
        endpoints = self._data.get("endpoints", {})
        if not isinstance(endpoints, dict) or not endpoints:
            raise self._error(
                "endpoints", Text("aucun point d'accès : il faut [endpoints.pdsm]", "no endpoint: [endpoints.pdsm] is needed")
            )
        return System(
            name=name or self._text(self._data, "name", self._path.stem),
            endpoints=tuple(self._endpoint(protocol, data) for protocol, data in endpoints.items()),
            actors=self._actors(endpoints),
            volets=self._volets(),
            product=self._product(),
        )

    def _endpoint(self, protocol: str, data: Any) -> Endpoint:
        if not isinstance(data, dict) or "url" not in data:
            raise self._error(protocol, Text(f"[endpoints.{protocol}] n'a pas d'url", f"[endpoints.{protocol}] has no url"))
        self._check_keys(data, _ENDPOINT_KEYS)
        headers = data.get("headers", {})
        if not isinstance(headers, dict):
            raise self._error("headers", Text("headers : il faut une table", "headers: a table is needed"))
        try:
            known = schemes(protocol)
        except UsageError as error:
            raise self._error(protocol, error.message, error.hint) from None
        try:
            url = _url(self._text(data, "url", ""), known)
        except UsageError as error:
            raise self._error("url", error.message, error.hint) from None
        self._check_certificates(data)
        patients = self._text(data, "patients", _PATIENTS[0])
        if patients not in _PATIENTS:
            raise self._error("patients", f"patients: {patients}", suggestion(patients, _PATIENTS))
        return Endpoint(
            protocol=protocol,
            url=url,
            ca_file=self._file(data, "ca_file"),
            client_certificate=self._file(data, "client_certificate"),
            client_key=self._file(data, "client_key"),
            headers={self._header(header): self._secret(header, value) for header, value in headers.items()},
            patients=patients,
        )

    def _actors(self, protocols: Iterable[str]) -> tuple[str, ...]:
        """What the system claims to be: names that its protocols have, where each has some."""
        claimed = self._texts("actors")
        known = [actors(protocol) for protocol in protocols]
        for actor in claimed if all(known) else ():
            if not any(actor in names for names in known):
                message = Text(f"acteur inconnu : {actor}", f"unknown actor: {actor}")
                raise self._error("actors", message, suggestion(actor, [name for names in known for name in names]))
        return claimed

    def _volets(self) -> tuple[str, ...]:
        """What it claims to handle: a volet that the library has not is the system's own, unless it is nearly one that it has."""
        claimed = self._texts("volets")
        known = [head.id for head in self._library.heads()] if self._library and claimed else []
        for volet in claimed:
            if meant := slipped(volet.partition("@")[0], known):
                message = Text(f"volet inconnu : {volet}", f"unknown volet: {volet}")
                raise self._error("volets", message, Text(f"Est-ce {meant} ?", f"Did you mean {meant}?"))
        return claimed

    def _product(self) -> str:
        product = self._text(self._data, "product", "")
        known = self._library.grid().products if self._library and product else {product: ""}
        if product not in known:
            message = Text(f"sorte de produit inconnue de la grille : {product}", f"product unknown to the grid: {product}")
            raise self._error("product", message, suggestion(product, known))
        return product

    def _header(self, name: str) -> str:
        if not _HEADER.fullmatch(name):
            raise self._error(
                name, Text(f"« {name} » n'est pas un nom d'en-tête possible", f"“{name}” is no possible name of a header")
            )
        if name.title() not in _OF_SECRETS and (meant := slipped(name, _OF_SECRETS)):
            message = Text(f"l'en-tête {name} n'est rien de connu", f"header {name} is nothing known")
            raise self._error(name, message, Text(f"Est-ce {meant} ?", f"Did you mean {meant}?"))
        return name

    def _check_certificates(self, data: Mapping[str, Any]) -> None:
        """That the files are those that TLS asks for: found out here, they are not blamed on the system."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authorities, certificate, key = (self._file(data, name) for name in ("ca_file", "client_certificate", "client_key"))
        if key and not certificate:
            raise self._error("client_key", Text("client_key : sans client_certificate", "client_key: without client_certificate"))
        try:
            if authorities:
                context.load_verify_locations(authorities)
        except OSError:
            raise self._error(
                "ca_file", Text(f"{authorities} : pas de certificat en PEM", f"{authorities}: no certificate in PEM")
            ) from None
        try:
            if certificate:
                context.load_cert_chain(certificate, key, password=lambda: "")
        except (OSError, ValueError):
            raise self._error(
                "client_certificate",
                Text(
                    f"{certificate} : pas de certificat en PEM avec sa clé",
                    f"{certificate}: no certificate in PEM with its key",
                ),
                Text(
                    "La clé est dans ce fichier ou dans client_key, sans mot de passe.",
                    "The key is in this file or in client_key, without a password.",
                ),
            ) from None

    def _file(self, data: Mapping[str, Any], key: str) -> str | None:
        if key not in data:
            return None
        path = self._path.parent / Path(self._text(data, key, "")).expanduser()
        if not path.is_file():
            raise self._error(key, Text(f"{key} : {path} n'existe pas", f"{key}: {path} does not exist"))
        return str(path)

    def _secret(self, header: str, value: Any) -> str:
        match = _SECRET.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise self._error(
                header,
                Text(f"l'en-tête {header} ne dit pas où est sa valeur", f"header {header} does not say where its value is"),
                Text(
                    f'Écrire {header} = "env:VARIABLE" ou "file:CHEMIN" (après "Bearer " au besoin) : pas de secret ici.',
                    f'Write {header} = "env:VARIABLE" or "file:PATH" (after "Bearer " if needed): no secret here.',
                ),
            )
        if (scheme := (match["scheme"] or "").strip()) and (meant := slipped(scheme, _SCHEMES)) and scheme.title() not in _SCHEMES:
            message = Text(f"{header} : « {scheme} » n'est rien de connu", f"{header}: {scheme!r} is nothing known")
            raise self._error(header, message, Text(f"Est-ce {meant} ?", f"Did you mean {meant}?"))
        secret = self._from_environment(header, match) if match["kind"] == "env" else self._from_file(header, match["where"])
        if not (secret.isascii() and secret.isprintable() and secret):
            raise self._error(
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
            raise self._error(
                header,
                Text(f"la variable d'environnement {variable} n'est pas définie", f"environment variable {variable} is not set"),
                Text(f"export {variable}=... avant de lancer la commande.", f"export {variable}=... before running the command."),
            )
        return self._environ[variable].strip()

    def _from_file(self, header: str, where: str) -> str:
        path = self._path.parent / Path(where).expanduser()
        try:
            return read_named(path).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise self._error(header, Text(f"{path} ne peut pas être lu ({error})", f"{path} cannot be read ({error})")) from None

    def _text(self, data: Mapping[str, Any], key: str, default: str) -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            raise self._error(key, Text(f"{key} : il faut un texte entre guillemets", f"{key}: a quoted text is needed"))
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        values = self._data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self._error(key, Text(f"{key} : il faut une liste de textes", f"{key}: a list of texts is needed"))
        return tuple(values)

    def _check_keys(self, data: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in data:
            if key not in known:
                raise self._error(key, Text(f"clé inconnue : {key}", f"unknown key: {key}"), suggestion(key, known))

    def _error(self, key: str, message: Text | str, hint: Text | str = "") -> DataError:
        pattern = re.compile(
            rf"""^\s*(\[.*\b{re.escape(key)}\b.*\]|["']?{re.escape(key)}["']?\s*[=.])|[{{,]\s*["']?{re.escape(key)}["']?\s*="""
        )
        line = next((number for number, line in enumerate(self._lines, 1) if pattern.search(line)), 1)
        return DataError(str(self._path), line, message, hint)


def _url(text: str, schemes: tuple[str, ...]) -> str:
    """Without its last slash. Raises UsageError on what is no address of these schemes, or carries a password."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
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
