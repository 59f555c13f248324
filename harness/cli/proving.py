"""What `harness profiles test` does: valid documents of a profile, its mutations played on them, and the result in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType

import click

from harness.checks import Judge, Proof, prove
from harness.checks.proofs.oversights import oversights
from harness.checks.proofs.specimens import Deriver
from harness.checks.walking import CompiledProfile
from harness.cli import options
from harness.documents import Document, read
from harness.errors import DataError, UnreadableDocument, UsageError, cannot_be_read
from harness.files import read_named
from harness.library import Library
from harness.model import Lang, ProfileHead, Text, labelled

_SHOWN = 12


def proofs(
    library: Library, names: tuple[str, ...], document: tuple[Path, ...], loose: tuple[Path, ...], day: date
) -> Iterator[Proof]:
    """Of the profiles, FHIR definitions and packages named; else of the loose files, or of every profile."""
    from harness.cli import fhir_proving

    if loose and not names:
        yield from fhir_proving.proofs(library, [], options.now(), loose)
        return
    for name in names:
        if fhir_proving.is_of_fhir(name):
            yield from fhir_proving.proofs(library, [name], options.now(), loose)
        else:
            yield prove_profile(library, library.head(name, day), day, document)
    for head in () if names else library.heads():
        if head.kind in ("cda", "fhir"):
            yield prove_profile(library, head, day, document)


def prove_profile(library: Library, head: ProfileHead, at: date, given: Sequence[Path]) -> Proof:
    """given: valid documents to spoil; none: the specimens of the profile and of those it extends, then one synthetic document
    for each story that the volet can tell.
    """
    now = options.now()
    if head.kind == "fhir":
        return _prove_fhir(library, head, at, given)
    judge = Judge(library, at=at, now=now, profile=head.coordinate)
    if given:
        return prove(judge, head.coordinate, [read(_given(path), str(path)) for path in given])
    specimens = read_specimens_of_lineage(library, head)
    documents = list(_synthetic(library, head, at))
    if not head.is_claimed and not specimens[head.coordinate]:
        documents += _of_extending(library, head, at)
    own = CompiledProfile(library, library.own_part(head.coordinate), now)
    deriver = derive_from(library, judge, head, specimens)
    asks = own.profile.constraints or own.profile.templates or own.profile.rules
    if asks and not documents and deriver is None and not any(specimens.values()):
        raise UsageError(
            Text(f"{head.coordinate} : aucun document valide à altérer", f"{head.coordinate}: no valid document to mutate"),
            Text("En donner avec --document.", "Give some with --document."),
        )
    return prove(judge, head.coordinate, documents, specimens, own=own, deriver=deriver)


def _prove_fhir(library: Library, head: ProfileHead, at: date, given: Sequence[Path]) -> Proof:
    from harness.checks.fhir.french.proving import prove_rules
    from harness.documents.fhir_json import read_json

    names = library.files(f"{library.folder(head)}/specimens/*.json")
    specimens = {name: library.path(name).read_bytes() for name in names}
    if given:
        specimens = {str(path): _given(path) for path in given}
    for name, data in specimens.items():
        with _read_at(name if given else str(library.path(name))):
            read_json(data)
    return prove_rules(library, head.coordinate, specimens, at=at, now=options.now())


def _given(path: Path) -> bytes:
    try:
        return read_named(path)
    except OSError as error:
        raise UsageError(cannot_be_read(path, error)) from None


def derive_from(library: Library, judge: Judge, head: ProfileHead, specimens: Mapping[str, Sequence[Document]]) -> Deriver | None:
    """Makes specimens on the first one written that has a structured body; None where there is none, or bodies are not judged."""
    if not head.judges_body:
        return None
    for document in (document for those in specimens.values() for document in those):
        if document.root is not None and next(document.root.iter("{*}structuredBody"), None) is not None:
            compiled = judge.cda().compiled(head.coordinate)
            return Deriver(library, compiled, document.root)
    return None


def read_specimens(library: Library, head: ProfileHead) -> Iterator[Document]:
    """The valid documents that a profile's own folder holds, by name."""
    for name in library.files(f"{library.folder(head)}/specimens/*.xml"):
        with _read_at(str(library.path(name))):
            document = read(library.path(name).read_bytes(), name)
        yield document


@contextmanager
def _read_at(path: str) -> Iterator[None]:
    """A specimen that cannot be read is an error of its author, at its line."""
    try:
        yield
    except UnreadableDocument as error:
        raise DataError(path, error.line or 1, error.what) from None


def read_specimens_of_lineage(library: Library, head: ProfileHead) -> dict[str, list[Document]]:
    """Those of the profile and of all that it extends, by coordinate."""
    return {known.coordinate: list(read_specimens(library, known)) for known in library.lineage(head.coordinate)}


def _of_extending(library: Library, head: ProfileHead, at: date) -> Iterator[Document]:
    """Valid documents of the profiles that extend one which no document claims."""
    for known in library.heads():
        if head.id in (name.partition("@")[0] for name in known.extends):
            yield from read_specimens(library, known)
            yield from _synthetic(library, known, at)


def _synthetic(library: Library, head: ProfileHead, at: date) -> Iterator[Document]:
    from harness.synthesis import list_stories, synthesize

    for number, story in enumerate(list_stories(library, head.id)):
        made = synthesize(library, head.coordinate, person=None, story=story.id, seed=number, at=at)
        yield read(made.data, f"{story.id}.xml")


def say_unread(library: Library, names: tuple[str, ...], day: date, lang: Lang) -> None:
    """Of the profiles named, else of all. A file called `constraint.yaml`, or in `entry/`, would else be left out without a word,
    with all that it asks.
    """
    from harness.cli import fhir_proving  # in each function: what it needs of FHIR is slow to import

    heads = [library.head(name, day) for name in names if not fhir_proving.is_of_fhir(name)]
    for head in heads if names else [None]:
        for path in library.unread(head):
            _remark(
                Text(
                    f"{path} n'est pas lu, son nom ou son dossier ne sont pas de ceux de docs/profile-format.md",
                    f"{path} is not read: its name or folder is not among those of docs/profile-format.md",
                ),
                lang,
            )
    for head in heads:
        for told in _oversights(library, head):
            _remark(told, lang)


def _oversights(library: Library, head: ProfileHead) -> Iterator[Text]:
    if head.kind == "cda":
        yield from oversights(library, head.coordinate)
    elif head.kind == "fhir":
        from harness.checks.fhir.french import oversights as of_fhir
        from harness.library.fhir.definitions import Definitions

        yield from of_fhir.oversights(library, head.coordinate, Definitions.open(told=library.told))


def _remark(told: Text, lang: Lang) -> None:
    click.echo(Text(f"remarque : {told.fr}", f"note: {told.en}").in_(lang), err=True)


def places_of(library: Library, proof: Proof) -> Mapping[str, str]:
    """`file:line` of what is proved, by id, where something of it is to be told."""
    heads = () if proof.holds else library.heads()
    return next((library.places(head) for head in heads if head.coordinate == proof.profile), {})


def said(proof: Proof, lang: Lang, *, verbose: bool, places: Mapping[str, str] = MappingProxyType({})) -> str:
    """The proof in words: one line for what holds, then what does not, by name and place."""
    from harness.reporting import wording
    from harness.reporting.wording import counted

    sign = "✓" if proof.holds else "✗"
    open_checks = len(proof.unproved) + len(proof.unmet)
    tripped = proof.checks - open_checks - len(proof.excused)
    by = Text("par", "by").in_(lang)
    counts = (
        counted(proof.checks, wording.CHECK, lang),
        f"{counted(tripped, wording.TRIPPED, lang)} {by} {counted(proof.played, wording.MUTATION, lang)}",
        counted(len(proof.unproved), wording.UNPROVED, lang),
        counted(len(proof.unmet), wording.UNMET, lang),
        counted(len(proof.excused), wording.EXCUSED, lang),
    )
    head = f"{sign} {labelled(proof.profile, ', '.join(counts), lang)}"
    return "\n".join(
        [head, *(line for title, names in _open(proof, lang, places) for line in _listed(title, names, lang, verbose))]
    )


def _open(proof: Proof, lang: Lang, places: Mapping[str, str]) -> Iterator[tuple[Text, list[str]]]:
    """What does not hold, and what cannot be proved and why: names under titles."""
    yield (
        Text("le document valide a une erreur", "the valid document has an error"),
        [f"{path} l.{finding.line} {finding.rule}" for path, finding in proof.errors],
    )
    yield (
        Text("mutation qui ne déclenche pas ce qu'elle doit", "mutation that does not trip what it must"),
        [f"{name} -> {', '.join(missing)}" for name, missing in proof.silent],
    )
    for title, names in (
        (Text("vérification qu'aucune mutation ne déclenche", "check that no mutation trips"), proof.unproved),
        (Text("vérification que rien ne met à l'épreuve", "check that nothing puts to the test"), proof.unmet),
        (
            Text("vérification qu'aucune mutation ne peut déclencher", "check that no mutation can trip"),
            [name for name in proof.excused if name in proof.reasons],
        ),
    ):
        yield title, [_with_reason(name, proof, lang, places) for name in names]
    yield (
        Text(
            "à relire, règle qu'aucun document valide n'a respectée : rien ne montre qu'elle peut l'être",
            "to read again, rule that no valid document was seen to meet: nothing shows that it can be met",
        ),
        list(proof.unheld),
    )
    yield (
        Text("spécimen dérivé qui garde un défaut", "derived specimen that keeps a fault"),
        [labelled(name, ", ".join(faults), lang) for name, faults in proof.faults],
    )


def _with_reason(name: str, proof: Proof, lang: Lang, places: Mapping[str, str]) -> str:
    told = labelled(name, proof.reasons[name].in_(lang), lang) if name in proof.reasons else name
    place = places.get(name) or places.get(name.rpartition(".")[0])  # of a rule; of the constraint of a check
    return f"{told}\n      {place}" if place else told


def _listed(title: Text, names: Sequence[str], lang: Lang, verbose: bool) -> list[str]:
    if not names:
        return []
    shown = names if verbose else names[:_SHOWN]
    rest = len(names) - len(shown)
    return [
        labelled(f"  {title.in_(lang)} ({len(names)})", "", lang).rstrip(),
        *(f"    {name}" for name in shown),
        *([f"    … +{rest}"] if rest else []),
    ]
