"""Words that everything shares: sentences, severities, levels, verdicts, requirements and their sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal

from ..values import dataclass

Lang = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages of the project."""

    fr: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.fr if lang == "fr" else self.en

    def filled(self, *values: object, **named: object) -> Text:
        """The sentence with its `{...}` replaced, as `str.format` does."""
        return Text(self.fr.format(*values, **named), self.en.format(*values, **named))


NO_TEXT = Text("", "")  # where nothing is to be said


@dataclass(frozen=True, slots=True)
class Form:
    """A form of report: the module of `harness/reporting/` that has its name. of: the commands whose reports it tells; suffixes: of
    the files that mean it.
    """

    of: tuple[str, ...] = ("check", "run", "assess")
    suffixes: tuple[str, ...] = ()


FORMS: Mapping[str, Form] = {
    "text": Form(),
    "json": Form(suffixes=(".json",)),
    "junit": Form(("check", "run"), (".xml",)),
    "sarif": Form(("check", "run"), (".sarif",)),
    "html": Form(suffixes=(".html", ".htm")),
}


def counted(number: int, one: Text, many: Text) -> Text:
    """A number and what follows it. French counts zero as singular, English does not."""
    told = grouped(number)
    return Text(f"{told.fr} {(one if number < 2 else many).fr}", f"{told.en} {(one if number == 1 else many).en}")


def grouped(number: int) -> Text:
    """A number, its thousands set apart: by a space that does not break in French, by a comma in English."""
    english = f"{number:,}"
    return Text(english.replace(",", "\u00a0"), english)


def labelled(label: str, text: str, lang: Lang) -> str:
    """`label : text`, and `label: text` in English."""
    return f"{label} : {text}" if lang == "fr" else f"{label}: {text}"


class Severity(StrEnum):
    ERROR = "error"  # a must is broken
    WARNING = "warning"  # a should, or a must that the environment softens
    INFO = "info"  # worth knowing; never counts


class Level(StrEnum):
    MUST = "must"
    SHOULD = "should"
    MAY = "may"  # shown, never counted


class Environment(StrEnum):
    AUTO = "auto"  # production when the document carries a production INS OID, else test
    TEST = "test"
    PRODUCTION = "production"


class RequirementVerdict(StrEnum):
    MET = "met"
    BROKEN = "broken"
    UNTESTED = "untested"
    NOT_APPLICABLE = "not-applicable"


class DocumentVerdict(StrEnum):
    PASS = "pass"  # all of it judged, no error
    PARTIAL = "partial"  # no error in what was judged; `not_judged` says what was not
    FAIL = "fail"
    ERROR = "error"  # could not be judged


class Verdict(StrEnum):
    """Verdict of a step or a scenario."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"  # the harness or the network could not judge
    SKIP = "skip"


class Confidence(StrEnum):
    """How far what is said of a level of the maturity grid is proved."""

    PROVED = "proved"  # by a run of this system, still valid
    EVIDENCED = "evidenced"  # by an accepted proof
    CLAIMED = "claimed"  # declared, no accepted proof


class ItemStatus(StrEnum):
    """Where a system stands on an item of the maturity grid."""

    MET = "met"
    LATE = "late"
    NOT_YET_DUE = "not_yet_due"
    EXCEEDS = "exceeds"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: a document, its section, its version.

    document may name others after " ; ": version and section are those of the first.
    """

    document: str
    section: str = ""
    version: str = ""

    def __str__(self) -> str:
        first, apart, others = self.document.partition(" ; ")
        return " ".join(part for part in (first, self.version, self.section) if part) + apart + others


@dataclass(frozen=True, slots=True)
class Requirement:
    """One testable statement of a referential. `group` names the family it is counted under in a score."""

    id: str
    text: Text
    level: Level
    source: Source
    group: str = ""
    opposable_from: date | None = None
