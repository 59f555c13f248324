"""Why an exchange has no usable answer, told to the person who has to do something about it."""

from __future__ import annotations

import http.client
import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from harness.model import NO_TEXT, Text
from harness.secrets import without_secrets
from harness.values import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """body: bytes, decoded; connect, idle: seconds without progress (the deadline of the call bounds the whole)."""

    body: int = 64 * 1024 * 1024
    connect: float = 10.0
    idle: float = 30.0


DEFAULT_BOUNDS = Bounds()
_IN_HTTP = frozenset(("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"))  # what OpenSSL says of an answer in HTTP


class TooLarge(Exception):
    """The body is larger than the bounds, once decompressed."""


class UnknownCoding(Exception):
    """The body has a Content-Encoding, its only argument, that we do not read and did not ask for."""


class NoLength(Exception):
    """The Content-Length, its only argument, is no number: where the body ends is not known (RFC 9112, 6.3)."""


def explain(error: Exception, url: str, bounds: Bounds) -> Text:
    """What went wrong in a conversation with the host of `url`, in words that name it and what to do."""
    causes = list(_causes(error))
    fitting = (
        (cause, text)
        for kind, text in _EXPLANATIONS.items()
        for cause in causes
        if isinstance(cause, kind) and (kind is not OSError or getattr(cause, "errno", None))
    )
    found, text = next(fitting, (error, _UNKNOWN))
    if isinstance(found, ssl.SSLError) and found.reason in _IN_HTTP:
        text = _NO_TLS
    limits = {"body": f"{bounds.body // 1_048_576}", "connect": f"{bounds.connect:g}", "idle": f"{bounds.idle:g}"}
    return text.filled(host=_host(without_secrets(url)), said=_said(found), kind=type(found).__name__, **limits)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:  # no URL at all
        return url


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    queue: list[Any] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            queue += [getattr(cause, "reason", None), cause.__cause__, cause.__context__, *cause.args]


def _said(error: BaseException) -> str:
    """The exception's own words, for those that the texts below quote."""
    if isinstance(error, UnknownCoding | NoLength):
        return str(error)
    if isinstance(error, ssl.SSLError):
        return str(getattr(error, "verify_message", "") or error.reason or type(error).__name__).rstrip(".")
    return getattr(error, "strerror", None) or type(error).__name__


# What each kind of error comes to, the first that fits. body: in MiB; connect, idle: in seconds.
_EXPLANATIONS: Mapping[type[BaseException] | tuple[type[BaseException], ...], Text] = {
    TooLarge: Text(
        "La réponse de {host} dépasse {body} Mio ; elle n'a pas été lue plus loin.",
        "The reply of {host} exceeds {body} MiB; it was not read further.",
    ),
    UnknownCoding: Text(
        "Le corps de la réponse de {host} est codé en « {said} » (Content-Encoding), qui n'a pas été demandé.",
        "The body of the reply of {host} is coded in “{said}” (Content-Encoding), which was not asked for.",
    ),
    NoLength: Text(
        "La longueur annoncée de la réponse de {host} n'est pas un nombre : « {said} » (Content-Length).",
        "The length announced for the reply of {host} is not a number: “{said}” (Content-Length).",
    ),
    zlib.error: Text(
        "Le corps de la réponse de {host} est annoncé compressé et ne se décompresse pas jusqu'au bout.",
        "The body of the reply of {host} is said to be compressed and cannot be decompressed to its end.",
    ),
    ssl.SSLError: Text(
        "Connexion TLS refusée avec {host} : {said}. Vérifier son certificat, donner son autorité (ca_file), "
        "ou un certificat s'il en demande un (client_certificate).",
        "TLS connection refused with {host}: {said}. Check its certificate, give its authority (ca_file), "
        "or a certificate if it asks for one (client_certificate).",
    ),
    urllib3.exceptions.SSLError: Text(
        "Le certificat TLS de {host} n'est pas valable pour cette adresse. Vérifier le certificat du serveur.",
        "The TLS certificate of {host} is not valid for this address. Check the server's certificate.",
    ),
    socket.gaierror: Text(
        "Le nom {host} ne se résout pas en adresse. Vérifier l'URL de la cible et le réseau.",
        "The name {host} does not resolve to an address. Check the target's URL and the network.",
    ),
    urllib3.exceptions.ProxyError: Text(
        "Le mandataire HTTP de l'environnement n'a pas mené à {host}. Vérifier HTTP_PROXY, HTTPS_PROXY et NO_PROXY.",
        "The HTTP proxy of the environment did not lead to {host}. Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.",
    ),
    ConnectionRefusedError: Text(
        "Connexion refusée par {host} : rien n'écoute à cette adresse. Vérifier que le système est démarré, et son port.",
        "Connection refused by {host}: nothing listens there. Check that the system is started, and its port.",
    ),
    urllib3.exceptions.ConnectTimeoutError: Text(
        "{host} n'a pas accepté la connexion en {connect} s. Vérifier l'adresse et les pare-feu.",
        "{host} did not accept the connection in {connect} s. Check the address and firewalls.",
    ),
    urllib3.exceptions.ReadTimeoutError: Text(
        "{host} est resté muet {idle} s au milieu de l'échange.", "{host} stayed silent for {idle} s in the exchange."
    ),
    http.client.RemoteDisconnected: Text(
        "{host} a fermé la connexion sans répondre.", "{host} closed the connection without an answer."
    ),
    (ConnectionResetError, BrokenPipeError): Text("{host} a rompu la connexion.", "{host} reset the connection."),
    http.client.IncompleteRead: Text(
        "La réponse de {host} est tronquée ou mal découpée : elle ne va pas jusqu'à la fin annoncée.",
        "The reply of {host} is truncated or badly chunked: it does not reach its announced end.",
    ),
    (http.client.HTTPException, requests.exceptions.InvalidHeader, urllib3.exceptions.InvalidHeader): Text(
        "{host} n'a pas répondu en HTTP correct ({kind}).", "{host} did not answer in proper HTTP ({kind})."
    ),
    requests.exceptions.InvalidURL: Text("L'URL n'est pas valable.", "The URL is not valid."),
    (requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema): Text(
        "L'URL n'est ni http ni https.", "The URL is neither http nor https."
    ),
    OSError: Text("Pas de connexion avec {host} : {said}.", "No connection with {host}: {said}."),
}
_NO_TLS = Text(
    "{host} ne répond pas en TLS : son adresse commence-t-elle par http:// ?",
    "{host} does not answer in TLS: does its address begin with http://?",
)
_UNKNOWN = Text(
    "L'échange avec {host} a échoué ({kind}). Vérifier l'adresse et les journaux du serveur.",
    "The exchange with {host} failed ({kind}). Check the address and the server's logs.",
)


def deadline_passed(deadline: float, status: int | None, headers: Mapping[str, str], received: int) -> Text:
    """received: bytes of the body that came."""
    if status is None:
        return Text(
            f"Pas de réponse complète en {deadline:g} s : délai dépassé.", f"No complete answer in {deadline:g} s: deadline passed."
        )
    named = {name.lower(): value for name, value in headers.items()}
    length = "" if "content-encoding" in named else named.get("content-length", "")
    lacks = Text(f", {received} octets reçus sur {length} annoncés", f", {received} bytes received of {length} announced")
    lacks = lacks if length else NO_TEXT
    return Text(
        f"La réponse (statut {status}{lacks.fr}) n'était pas finie au bout de {deadline:g} s : délai dépassé.",
        f"The answer (status {status}{lacks.en}) had not ended after {deadline:g} s: deadline passed.",
    )


def redirect_elsewhere(target: str) -> Text:
    return Text(
        f"Le serveur redirige vers {target}, hors de la cible : refusé. Prendre cette adresse comme cible si elle est la bonne.",
        f"The server redirects to {target}, away from the target: refused. Take that address as the target if it is the right one.",
    )


def redirect_to_production() -> Text:
    return Text(
        "Le serveur redirige vers une adresse qui porte un OID d'INS de production : refusé.",
        "The server redirects to an address that carries a production INS OID: refused.",
    )


def redirect_again(target: str) -> Text:
    return Text(f"Le serveur redirige encore, vers {target} : abandon.", f"The server redirects again, to {target}: given up.")
