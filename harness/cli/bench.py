"""The judge of one process, opened with the options of its command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness import collector
from harness.checks import Judge, placed, refused, unjudged
from harness.checks.verdicts import Mending
from harness.cli import options
from harness.documents import Document, Input, Limits, Refused, open_input
from harness.documents.locations import decoded
from harness.errors import HarnessError
from harness.library import Library
from harness.model import Environment, Judgement, Skipped, Text
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.exchange.terminology_server import TerminologyServer
    from harness.library.fhir.definitions import Definitions

_OF_DEFINITIONS = (".json", ".xml")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to judge.

    profile: coordinate or name, None to recognise it; mending: say how to mend what is certain; patching: and make a patch of it;
    loose: files of FHIR definitions that no package has;
    terminology: address of a server, None to ask nobody; must_support: tell which of these elements FHIR documents have;
    digests: whoever is told the judgements asks for the SHA-256 of documents.
    """

    at: date
    now: datetime
    environment: Environment
    profile: str | None
    mending: Mending = ""
    patching: bool = False
    loose: tuple[str, ...] = ()
    terminology: str | None = None
    must_support: bool = False
    digests: bool = True
    limits: Limits = Limits()


class Bench:
    """One process's judge, opened once."""

    def __init__(self, settings: Settings, library: Library | None = None) -> None:
        self.settings = settings
        self._limits = settings.limits
        self._server = _terminology_server(settings.terminology)
        library = library or options.open_library()
        definitions, profile = _definitions(library, settings.loose, settings.profile)
        self._judge = Judge(
            library,
            at=settings.at,
            now=settings.now,
            environment=settings.environment,
            profile=profile,
            mending="how" if settings.patching else settings.mending,
            definitions=definitions,
            server=self._server,
            must_support=settings.must_support,
            digests=settings.digests,
        )
        self._library = library
        self._patching = settings.patching

    def tell(self, told: Callable[[Text], None]) -> None:
        """told: hears from now on that a compiled form cannot be kept."""
        self._library.told = told

    def judge(self, given: Input) -> Judgement | Skipped:
        with collector.at_rest():
            return self.opened(given)[0]

    def opened(self, given: Input) -> tuple[Judgement | Skipped, Document | None]:
        """The judgement, and the document when it could be read. An internal error leaves only this document unjudged."""
        try:
            return self._opened(given)
        except HarnessError:
            raise
        except Exception as error:
            from harness.cli import faults

            if faults.are_detailed():
                raise
            return placed(unjudged(given.path, given.data, faults.told(error)), given.within), None

    def _opened(self, given: Input) -> tuple[Judgement | Skipped, Document | None]:
        opened = open_input(given, self._limits)
        if isinstance(opened, Document):
            judgement = placed(self._judge.judge(opened), given.within)
            if self._server is not None:
                self._server.keep()
            return (_with_patch(judgement, opened) if self._patching else judgement), opened
        return refused(opened) if isinstance(opened, Refused) else opened, None


def _definitions(library: Library, loose: Sequence[str], profile: str | None) -> tuple[Definitions | None, str | None]:
    """The FHIR definitions, installed ones overridden by the loose files given; and the profile, which may be in one of these."""
    in_file = profile is not None and Path(profile).suffix in _OF_DEFINITIONS and Path(profile).is_file()
    if not loose and not in_file:
        return None, profile
    from harness.library.fhir.definitions import Definitions  # only for FHIR
    from harness.library.fhir.loose import profile_in, with_loose

    installed = Definitions.open(told=library.told)
    paths = [Path(path) for path in loose]
    if profile is not None and in_file:
        paths.append(Path(profile))
        profile = profile_in(Path(profile), installed)
    return with_loose(installed, paths), profile


def _terminology_server(url: str | None) -> TerminologyServer | None:
    """Raises UsageError when the address is not one."""
    if url is None:
        return None
    from harness.exchange.terminology_server import TerminologyServer  # only when asked for
    from harness.library import home

    return TerminologyServer(url, kept=home() / "terminology" / "answers.json")


def _with_patch(judgement: Judgement, document: Document) -> Judgement:
    fixes = [finding.fix.replacements for finding in judgement.findings if finding.fix is not None]
    if not fixes:
        return judgement
    from harness.documents import patching

    mended, _ = patching.mended(decoded(document), fixes)
    return replace(judgement, patch=patching.patch(document, mended))


def settled(item: Skipped | Refused) -> Judgement | Skipped:
    return refused(item) if isinstance(item, Refused) else item
