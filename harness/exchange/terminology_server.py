"""A FHIR terminology server, asked only when somebody gave its address and only what could not be told without it.

What leaves: a code, its system and the definition of a value set. Never a display, never anything of a patient. A server that does
not answer is asked no more, and every code that it was to judge stays unknown, with that reason.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness.exchange.http import call
from harness.library.fhir.terminology_compiling import compile_value_set, published_value_set
from harness.library.pack import save
from harness.model import Endpoint, Exchange, Request, Text

_DEADLINE = 10.0  # seconds, one call
_PATIENCE = 60.0  # seconds, all calls of a run
_FRESH = 30 * 86_400.0  # seconds an answer is kept
_EXPANDED = 1000  # codes asked for at once when a code comes without its system
_NOT_THERE = frozenset({"x-caused-by-unknown-system", "x-unknown-system"})
_UNTOLD = frozenset({"not-found", "not-supported", "exception", "too-costly", "timeout", "transient"})
_MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # an answer that is not what FHIR says it is
_JSON = "application/fhir+json"

Said = tuple[str, Text | None]


class TerminologyServer:
    """Answers "in", "out" or "unknown" with a reason. url: the base of the server; kept: the file in which answers are kept.

    away: why it is asked no more, None while it is.
    """

    def __init__(
        self,
        url: str,
        *,
        kept: Path | None = None,
        deadline: float = _DEADLINE,
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises UsageError when the address is not one of the web."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                Text(f"adresse de serveur de terminologie non valable : {url}", f"not an address of a terminology server: {url}"),
                Text("Donner sa base, https://hôte/fhir.", "Give its base, https://host/fhir."),
            )
        self.host = parts.netloc.rpartition("@")[2]
        self._url = url.rstrip("/")
        self._deadline, self._left, self._clock = deadline, patience, clock
        self._kept = kept
        self._answers: dict[str, tuple[str, float]] = _read(kept, clock())
        self._changed = False
        self.away: Text | None = None
        self.asked = 0

    def validate(self, value_set: Mapping[str, Any] | str, system: str | None, code: str) -> Said:
        """Whether a code is in a value set: compiled, or the address of one that only the server may know."""
        resource = None if isinstance(value_set, str) else published_value_set(value_set)
        key = hashlib.sha256(json.dumps([self._url, resource or value_set, system, code], sort_keys=True).encode()).hexdigest()
        if key in self._answers:
            return self._answers[key][0], None
        if self.away is not None:
            return "unknown", self.away
        named = {"name": "url", "valueUri": value_set} if resource is None else {"name": "valueSet", "resource": resource}
        try:
            kind, reason = self._by_expansion(named, code) if system is None else self._by_code(named, system, code)
        except _MISSHAPEN:
            kind, reason = "unknown", self._says(None)
        if kind != "unknown":
            self._answers[key] = (kind, self._clock())
            self._changed = True
        return kind, reason

    def keep(self) -> None:
        """Keeps the answers for another run."""
        if self._kept is not None and self._changed:
            save(self._kept, json.dumps(self._answers, sort_keys=True).encode())

    def _by_code(self, named: Mapping[str, Any], system: str, code: str) -> Said:
        answer, reason = self._post("$validate-code", [named, {"name": "coding", "valueCoding": {"system": system, "code": code}}])
        if answer is None:
            return "unknown", reason
        found = {item.get("name"): item for item in answer.get("parameter", ()) if isinstance(item, dict)}
        result = found.get("result", {}).get("valueBoolean")
        if result is True:
            return "in", None
        if result is not False or _NOT_THERE & found.keys() or _untold(found):
            return "unknown", self._says(found.get("message", {}).get("valueString"))
        return "out", self._says(found.get("message", {}).get("valueString"))

    def _by_expansion(self, named: Mapping[str, Any], code: str) -> Said:
        """Look a code without a system up in the expanded value set, when it is small enough to be sent."""
        answer, reason = self._post("$expand", [named, {"name": "count", "valueInteger": _EXPANDED}])
        if answer is None:
            return "unknown", reason
        expansion = compile_value_set(answer)["expansion"] if answer.get("resourceType") == "ValueSet" else None
        if expansion is None:
            return "unknown", self._says(None)
        if any(code in codes for codes in expansion["codes"].values()):
            return "in", None
        return ("out", None) if expansion["complete"] else ("unknown", self._says(None))

    def _post(self, operation: str, parameters: list[Mapping[str, Any]]) -> tuple[dict[str, Any] | None, Text | None]:
        """What the server answered, or why it cannot be used."""
        if self._left <= 0:
            self.away = Text(
                f"le serveur {self.host} a pris tout le temps qui lui était donné", f"the server {self.host} took all its time"
            )
            return None, self.away
        body = json.dumps({"resourceType": "Parameters", "parameter": parameters}).encode()
        headers = {"Content-Type": _JSON, "Accept": _JSON}
        request = Request("POST", f"{self._url}/ValueSet/{operation}", headers, body)
        exchange = call(request, Endpoint("FHIR", self._url), operation, min(self._deadline, self._left))
        self.asked += 1
        self._left -= exchange.seconds
        return self._read(exchange)

    def _read(self, exchange: Exchange) -> tuple[dict[str, Any] | None, Text | None]:
        if exchange.failure is not None or exchange.response is None:
            failure = exchange.failure or Text("pas de réponse", "no answer")
            fr, en = failure.fr.rstrip("."), failure.en.rstrip(".")
            self.away = Text(f"le serveur de terminologie n'a pas répondu : {fr}", f"the terminology server did not answer: {en}")
            return None, self.away
        status = exchange.response.status
        try:
            content = json.loads(exchange.response.body)
        except (ValueError, RecursionError):
            content = None
        if status == 200 and isinstance(content, dict):
            return content, None
        if status in (401, 403) or (status >= 500 and not isinstance(content, dict)):
            fr, en = f"refuse (statut {status})", f"refuses (status {status})"
            self.away = Text(f"le serveur {self.host} {fr}", f"the server {self.host} {en}")
            return None, self.away
        try:
            issue = content["issue"][0]
            told = issue.get("diagnostics") or issue["details"]["text"]
        except _MISSHAPEN:
            told = None
        return None, self._says(told, status)

    def _says(self, words: object, status: int = 200) -> Text:
        shown = str(words)[:200] if words else f"statut {status}" if status != 200 else ""
        if not shown:
            return Text(f"le serveur {self.host} ne le dit pas", f"the server {self.host} does not say")
        english = shown if words else f"status {status}"
        return Text(f"le serveur {self.host} dit : {shown}", f"the server {self.host} says: {english}")


def _untold(found: Mapping[Any, Any]) -> bool:
    """Whether "not valid" only means that the server lacks the code system or value set."""
    if found.get("cause", {}).get("valueCode") in _UNTOLD:
        return True
    issues = (found.get("issues", {}).get("resource") or {}).get("issue", ())
    for issue in issues:
        codings = issue.get("details", {}).get("coding", ())
        if issue.get("code") in _UNTOLD or any(coding.get("code") in _UNTOLD for coding in codings):
            return True
    return False


def _read(kept: Path | None, now: float) -> dict[str, tuple[str, float]]:
    """Answers of earlier runs that are still fresh; an unreadable file counts as absent."""
    try:
        content = {} if kept is None else json.loads(kept.read_bytes())
        return {key: (str(kind), float(at)) for key, (kind, at) in content.items() if 0 <= now - float(at) < _FRESH}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
