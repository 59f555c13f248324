"""HL7's own cases for FHIR validators, from where the user has them: FHIR_TEST_CASES names the folder that holds `validator/`.

`python tests/fhir_test_cases.py` prints the figures of docs/fhir-test-cases.md; with `--selections` those of wider selections, and
of what is left out by its reason; with `--left-out` the name of each that is left out; with NAME what is recorded and what is found
of one case, left out or not.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from harness.checks import Judge
from harness.documents import read
from harness.errors import HarnessError, UnreadableDocument
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.loose import with_loose
from harness.model import Finding, Severity

_R4 = frozenset({"4.0", "4.0.1"})
_SERVER = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-server"
_CANONICAL = re.compile(r"(https?|urn):")
_DEFINES = "StructureDefinition|ValueSet|CodeSystem|Questionnaire|Measure|ImplementationGuide|Bundle"
_DEFINITIONS = re.compile(rf'"resourceType"\s*:\s*"({_DEFINES})"|<({_DEFINES})\b'.encode())
_NOT_FHIR = {
    "cda": "CDA, through the logical model of FHIR's tools",
    "cdshooks": "CDS Hooks, a logical model of FHIR's tools",
    "shc": "smart health cards",
    "logical": "logical models",
    "scoring": "scores of a validator, not validity",
    "dsig": "digital signatures",
    "json5": "JSON5",
    "xver": "extensions made of the definitions of other versions",
}
_NOT_FOUND = re.compile(
    r"extension \S+ could not be found so is not allowed here|Unable to resolve the profile|signature did not verify"
)
_UNDEFINED = "extensions that no installed package defines"
_FOLLOWING = frozenset({"CHECK_VALID", "CHECK_EXISTS_AND_TYPE"})
_REFERENCE = re.compile(r"""reference"?(?:\s*:\s*|\s+value=)["'][A-Z]\w+/([\w.-]+)["']""")
_OPTIONS = {  # what a case asks of a validator beyond what FHIR says
    "assumeValidRestReferences": "any address taken for one of a REST server",
    "certificate": "digital signatures",
    "allow-comments": "JSON5",
    "security-checks": "warnings made errors",
    "no-experimental-content": "warnings made errors",
    "for-publication": "HL7's rules for what it publishes",
    "noHtmlInMarkdown": "warnings made errors",
    "r5-bundle-relative-reference-policy": "rules of R5",
    "examples": "addresses of examples refused or admitted",
    "validateContains": "checks of contained resources switched off",
    "advisor": "findings that are put aside by a file",
    "language": "displays in languages that are asked for",
}
_SELECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (  # each holds those above it; how the reasons that it adds begin
    ("as counted above", ()),
    ("and definitions that are not at hand", ("definitions or certificates",)),
    ("and all of FHIR that needs neither network nor package", ()),
    ("and files that hold templates", ("templates",)),
    ("and logical models", ("logical models",)),
    ("and what needs a network or a package, or is not used", ("network", "packages", "smart health cards", "not used", "scores")),
)
_OTHERS = 2  # where reasons belong that none of these begins
_NOTHING_TO_COMPARE = frozenset({"no outcome on record", "a file is not there"})


# Outcomes that differ; docs/fhir-test-cases.md says why.
DIFFERING = frozenset(
    """questionnaireResponse-enableWhenEx-test-fail bad-bundle-reference-type-4 message mr-m-cql-library
    encounter-period profile-patient-op3 vs-filter-property-bad2 parameters-reference-bad vs-params-2 vs-params-4
    choice-async-qr choice-gender-coding-async-qr open-choice-gender-coding-async-qr quantity-qr string-with-coding-async-qr
    type-ref-unchecked res-inv-example-good xhtml-ctrl-source1""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Run:
    """One outcome on record. errors: the texts of its errors; left_out: why the run cannot be compared, `""` when it can;
    followed: the files that its references lead to, where the case asks for them to be followed; fail_on: the rules whose warnings
    are errors of the reference validator, as the case runs it."""

    name: str
    module: str
    step: str
    file: Path
    supporting: tuple[Path, ...]
    profile: Path | str | None
    errors: tuple[str, ...]
    left_out: str
    followed: tuple[Path, ...] = ()
    fail_on: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.name if self.step == "base" else f"{self.name} ({self.step})"


@dataclass(frozen=True)
class Compared:
    """found: rule, place and message of each error; failing: of each warning whose rule the run asks to fail on;

    left_out: why it turned out that nothing can be compared."""

    run: Run
    found: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    not_judged: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def agrees(self) -> bool:
        return bool(self.found) == bool(self.run.errors)

    @property
    def shares(self) -> bool:
        """Whether an error of each is at the same element or one next to it, or nothing of the file could be read."""
        ours = [_place(text.partition(" ")[2].partition(": ")[0]) for text in self.found if text.startswith("FHIR-")]
        if not ours:
            return True
        theirs = {_place(text.partition(": ")[0]) for text in self.run.errors}
        return any(one == other or _above(one) == other or _above(other) == one for one in ours for other in theirs)

    @property
    def agrees_as_run(self) -> bool:
        """With `--fail-on` for what the reference validator was run to take for errors."""
        return bool(self.found or self.failing) == bool(self.run.errors)

    @property
    def agrees_strictly(self) -> bool:
        """As run, with an extension that nothing defines refused: the reference validator always does, `--strict` does here."""
        refused = any(text.startswith(_UNDEFINED) for text in self.not_judged)
        return bool(self.found or self.failing or refused) == bool(self.run.errors)


def folder() -> Path | None:
    named = os.environ.get("FHIR_TEST_CASES", "")
    return Path(named) / "validator" if named else None


def runs(suite: Path, packages: frozenset[str]) -> Iterator[Run]:
    """Every outcome of the reference validator for R4. packages: `name#version` of those that are installed."""
    manifest = json.loads((suite / "manifest.json").read_text("utf-8"))
    for case in manifest["test-cases"]:
        if str(case.get("version")) not in _R4:
            continue
        steps: list[tuple[str, dict[str, Any]]] = [("base", case)]
        steps += [(step, case[step]) for step in ("profile", "logical", "matchetype") if isinstance(case.get(step), dict)]
        for step, said in steps:
            yield _run(suite, packages, case, step, said)


def _run(suite: Path, packages: frozenset[str], case: dict[str, Any], step: str, said: dict[str, Any]) -> Run:
    named = [*_listed(case, "supporting"), *_listed(case, "profiles"), *_listed(case, "supporting5")]
    wanted = _listed(case, "packages")
    if said is not case:
        named += [*_listed(said, "supporting"), *_listed(said, "profiles")]
        wanted += _listed(said, "packages")
    profile: Path | str | None = said.get("source") if step == "profile" else None
    if isinstance(profile, str) and not _CANONICAL.match(profile):
        profile = suite / profile
    named += [one for one in wanted if one.endswith(".tgz")]
    named += list(case.get("package-map", {}).values())
    supporting = tuple(suite / one for one in dict.fromkeys(named))
    file = suite / case["file"]
    outcome = _outcome(suite, case["name"], step, said.get("java"))
    left_out = ""
    if case.get("use-test") is False:
        left_out = "not used by its authors"
    elif isinstance(said.get("java"), str) and said["java"].startswith("java/R5."):
        left_out = "the record is of R5"
    elif outcome is None:
        left_out = "no outcome on record"
    elif not file.exists() or any(not one.exists() for one in supporting) or (isinstance(profile, Path) and not profile.exists()):
        left_out = "a file is not there"
    elif step == "matchetype" or case.get("matchetype"):
        left_out = "templates of FHIR's test tools, not validity"
    elif step == "logical" or case.get("logical"):
        left_out = _NOT_FHIR["logical"]
    elif case.get("module") in _NOT_FHIR:
        left_out = _NOT_FHIR[case["module"]]
    elif file.suffix not in (".json", ".xml"):
        left_out = "neither JSON nor XML"
    elif missing := [one for one in wanted if not one.endswith(".tgz") and not _installed(one, packages)]:
        left_out = f"packages: {', '.join(missing)}"
    else:
        left_out = next((why for option, why in _OPTIONS.items() if option in case), "")
    issues = [one for one in outcome or () if one.get("severity") in ("error", "fatal")]
    if issues and not left_out and all(_of_server(one) for one in issues):
        left_out = "network: a terminology server found the errors"
    elif issues and not left_out and all(_of_server(one) or _is_not_found(one) for one in issues):
        left_out = "definitions or certificates that are not at hand: an error there, not judged here"
    errors = tuple(f"{(one.get('expression') or [''])[0]}: {_text(one)}" for one in issues)
    followed = tuple(_followed(file)) if case.get("validateReference") in _FOLLOWING and file.exists() else ()
    fail_on = (
        *(["FHIR-DISPLAY"] if case.get("wrong-displays") != "warning" and "advisor" not in case else []),
        *(["FHIR-HTML"] if case.get("security-checks") or case.get("noHtmlInMarkdown") else []),
    )
    asked = profile or case.get("bundle-param", {}).get("profile")
    return Run(case["name"], case.get("module", ""), step, file, supporting, asked, errors, left_out, followed, fail_on)


def _followed(file: Path) -> list[Path]:
    """The files beside this one that its references name by an id, theirs, and so on."""
    found: list[Path] = []
    waiting = [file]
    while waiting:
        for id in _REFERENCE.findall(waiting.pop().read_text("utf-8-sig")):
            for one in (file.with_name(f"{id}.json"), file.with_name(f"{id}.xml")):
                if one.exists() and one != file and one not in found:
                    found.append(one)
                    waiting.append(one)
    return found


def _listed(said: dict[str, Any], key: str) -> list[str]:
    return list(said[key]) if isinstance(said.get(key), list) else []


def _installed(wanted: str, packages: frozenset[str]) -> bool:
    return wanted in packages if "#" in wanted else any(one.partition("#")[0] == wanted for one in packages)


def _outcome(suite: Path, name: str, step: str, said: object) -> list[dict[str, Any]] | None:
    """The issues on record, None when there is no record. A record whose file is named otherwise goes by the name of its case."""
    if isinstance(said, str):
        for file in (suite / "outcomes" / said, suite / "outcomes" / "java" / f"R4.{name}-{step}.json"):
            if file.exists():
                return list(json.loads(file.read_text("utf-8")).get("issue", ()))
        return None
    if isinstance(said, dict) and "outcome" in said:
        return list(said["outcome"].get("issue", ()))
    if isinstance(said, dict) and "errorCount" in said:
        return [{"severity": "error", "details": {"text": text}} for text in said.get("output", ("?",))][: said["errorCount"]]
    return None


def _of_server(issue: dict[str, Any]) -> bool:
    return any(one.get("url") == _SERVER for one in issue.get("extension", ()))


def _is_not_found(issue: dict[str, Any]) -> bool:
    return _NOT_FOUND.search(_text(issue)) is not None


def _text(issue: dict[str, Any]) -> str:
    return str(issue.get("details", {}).get("text", ""))


def compare(run: Run, definitions: Definitions, library: Library, now: datetime) -> Compared:
    data = run.file.read_bytes()
    loose = [file for file in run.supporting if file.suffix == ".tgz" or _DEFINITIONS.search(file.read_bytes())]
    loose += run.followed
    canonical = run.profile if isinstance(run.profile, str) else None
    if isinstance(run.profile, Path):
        loose.append(run.profile)
        canonical = _url(run.profile.read_bytes())
    try:
        own = with_loose(definitions, loose) if loose else definitions
        judge = Judge(library, at=now.date(), now=now, profile=canonical, definitions=own)
        judge.fhir()
    except HarnessError as error:
        return Compared(run, left_out=f"definitions that cannot judge: {error.message.en}"[:300])
    try:
        document = read(data, run.file.name)
    except UnreadableDocument as error:
        return Compared(run, (error.message.en,))
    if document.resource is None:
        return Compared(run, ("no resource of FHIR",))
    places = {text.partition(":")[0].partition(".")[0].partition("/")[0] for text in run.errors}
    if places - {""} and document.resource.type not in places:
        return Compared(run, left_out="the record is of another resource")
    judgement = judge.judge(document)
    ours = [one for one in judgement.findings if one.rule.startswith("FHIR-")]  # not French rules
    found = tuple(_told(one) for one in ours if one.severity is Severity.ERROR)
    failing = tuple(_told(one) for one in ours if one.severity is Severity.WARNING and one.rule in run.fail_on)
    return Compared(run, found, failing, tuple(text.en for text in judgement.not_judged))


def _place(path: str) -> str:
    """A path as both write it: no comment, a choice by its name in JSON, the first of a list without its number."""
    path = re.sub(r"/\*.*?\*/|\[url='.*?'\]|\[0\]|\[x\]|(?<=/)f:|^/", "", path).replace("/", ".")
    return re.sub(r"\.ofType\((\w)(\w*)\)", lambda found: found[1].upper() + found[2], path)


def _above(path: str) -> str:
    return path.rpartition(".")[0]


def _told(finding: Finding) -> str:
    return f"{finding.rule} {finding.location}: {finding.message.en}"


def _url(data: bytes) -> str:
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return str(json.loads(data.decode("utf-8-sig")).get("url", ""))
    return next((url.get("value", "") for url in etree.fromstring(data).iterfind("{http://hl7.org/fhir}url")), "")


def play(suite: Path, names: frozenset[str] = frozenset(), *, anyway: bool = False) -> tuple[list[Compared], list[Compared]]:
    """The runs that were compared, and those that were left out; anyway: these judged too, where they can be."""
    library, definitions = Library.open(), Definitions.open()
    if definitions.type("Patient") is None:
        raise SystemExit("hl7.fhir.r4.core is not installed (harness packages list)")
    packages = frozenset(f"{name}#{version}" for name, version, _ in definitions.packages)
    now = datetime.now().astimezone()
    compared: list[Compared] = []
    left_out: list[Compared] = []
    for run in runs(suite, packages):
        if names and run.name not in names:
            continue
        known = run.left_out and (not anyway or run.left_out in _NOTHING_TO_COMPARE or not run.file.exists())
        outcome = Compared(run, left_out=run.left_out) if known else compare(run, definitions, library, now)
        (left_out if run.left_out or outcome.left_out else compared).append(outcome)
    return compared, left_out


def _print_selections(compared: list[Compared], left_out: list[Compared]) -> None:
    """Wider and wider selections; then, by the reason for which an outcome is left out, how many agree all the same."""
    judged = [*compared, *(one for one in left_out if not one.left_out)]
    print("| selection | of | agree | | as run | | strictly | |\n|---|---:|---:|---:|---:|---:|---:|---:|")
    for level, (name, _) in enumerate(_SELECTIONS):
        inside = [one for one in judged if _level(one) <= level]
        sums = [sum(getattr(one, way) for one in inside) for way in ("agrees", "agrees_as_run", "agrees_strictly")]
        print(f"| {name} | {len(inside)} |", *(f"{count} | {count / len(inside):.1%} |" for count in sums))
    rows: dict[str, Counter[str]] = {}
    for one in left_out:
        why = (one.run.left_out or one.left_out).partition(":")[0]
        ran = not one.left_out
        rows.setdefault(why, Counter())["agree" if ran and one.agrees else "differ" if ran else "neither"] += 1
    print("\n| agree | differ | cannot be judged | why it is left out |\n|---:|---:|---:|---|")
    for why, counts in sorted(rows.items(), key=lambda item: -item[1].total()):
        print(f"| {counts['agree']} | {counts['differ']} | {counts['neither']} | {why} |")


def _level(one: Compared) -> int:
    """The first selection that an outcome is in."""
    why = one.run.left_out
    if not why:
        return 0
    return next((level for level, (_, begins) in enumerate(_SELECTIONS) if begins and why.startswith(begins)), _OTHERS)


def main(names: list[str]) -> None:
    suite = folder()
    if suite is None:
        raise SystemExit("set FHIR_TEST_CASES to the folder that holds validator/")
    if names == ["--selections"]:
        _print_selections(*play(suite, anyway=True))
        return
    asked = frozenset(names) - {"--left-out"}
    compared, left_out = play(suite, asked, anyway=bool(asked))
    if names == ["--left-out"]:
        print(*sorted(f"{one.left_out}: {one.run.title}" for one in left_out), sep="\n")
        return
    if names:
        for one in (*compared, *left_out):
            print(f"== {one.run.title} [{one.run.module}] {one.run.file.name} {one.run.left_out or one.left_out}")
            print(*(f"   recorded  {text}" for text in one.run.errors), sep="\n")
            print(*(f"   found     {text}" for text in one.found), sep="\n")
            print(*(f"   warned    {text}" for text in one.failing), sep="\n")
            print(*(f"   not judged {text}" for text in one.not_judged), sep="\n")
        return
    missed = [one for one in compared if not one.agrees and not one.found]
    alarms = [one for one in compared if not one.agrees and one.found]
    agreeing = len(compared) - len(missed) - len(alarms)
    print(f"{len(compared)} outcomes compared, {agreeing} agree ({agreeing / max(len(compared), 1):.1%}),", end=" ")
    print(f"{len(missed)} errors not found, {len(alarms)} found and not on record; {len(left_out)} left out\n")
    for why, count in Counter(one.left_out.partition(":")[0] for one in left_out).most_common():
        print(f"| {count} | {why} |")
    apart = [one for one in compared if one.agrees and one.found and not one.shares]
    for title, ones in (("errors not found", missed), ("found and not on record", alarms), ("agree by other errors", apart)):
        print(f"\n{title}:")
        for one in ones:
            said = [*one.run.errors[:1], *one.found[:1]]
            print(f"- `{one.run.title}` [{one.run.module}]", *(text[:160] for text in said), sep="\n    ")
    silent = sum(one.agrees and not one.found and bool(one.not_judged) for one in compared)
    print(f"\nof those that agree in having no error, {silent} are not judged whole here")


if __name__ == "__main__":
    main(sys.argv[1:])
