"""The display of a code among its wordings: those of its value set, of its system, of its supplements, and published labels."""

from __future__ import annotations

from dataclasses import replace

from ....library.tables import Tables
from ...codes.labels import PublishedLabels
from . import known_systems
from .at_hand import AtHand
from .verdict import Answer


class Displays:
    """tables: labels of codes of systems that no package has, by OID."""

    def __init__(self, at_hand: AtHand, tables: Tables | None = None) -> None:
        self._at_hand = at_hand
        self._labels = None if tables is None else PublishedLabels(tables)

    def judged(self, answer: Answer, system: str, code: str, display: str | None, listed: list[tuple[str, str]]) -> Answer:
        """A wording is only said to differ where every wording of the code is known."""
        known = self._at_hand.system(system)
        spelled = code if known is None else known.spelled(code) or code
        words = [*listed, *(known.words(spelled) if known is not None else ())]
        if known is not None and known.is_abstract(spelled):
            answer = replace(answer, state="abstract")
        elif known is not None and spelled in known.retired:
            answer = replace(answer, state="retired", ended=known.retired[spelled])
        if not words:
            return self._with_label(answer, system, code, display)
        expected = _preferred(words)
        if display is None:
            return replace(answer, expected_display=expected)
        if any(_folded(display) == _folded(word) for _, word in words):
            return replace(answer, display="ok", expected_display=expected)
        whole = known is not None and known.is_complete and spelled in known.displays
        return replace(answer, display="differs" if whole else "unknown", expected_display=expected)

    def speaks(self, system: str, code: str, language: str) -> bool:
        """Whether some wording of a code is known in a language (`fr`)."""
        known = self._at_hand.system(system)
        spelled = None if known is None else known.spelled(code)
        if known is None or spelled is None:
            return False
        return any(said.partition("-")[0].lower() == language for said, _ in known.words(spelled))

    def _with_label(self, answer: Answer, system: str, code: str, display: str | None) -> Answer:
        """Of LOINC and other systems that documents in CDA speak too: a wording that is known to be that of another code."""
        oid = known_systems.OIDS.get(system)
        if self._labels is None or oid is None or not display or self._labels.fault(code, oid, display) != "other":
            return answer
        return replace(answer, display="differs", expected_display=self._labels.labels(code, oid))


def _preferred(words: list[tuple[str, str]]) -> str:
    """What is shown of several wordings: the first in French, else the first."""
    return next((word for language, word in words if language.lower().startswith("fr")), words[0][1])


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())
