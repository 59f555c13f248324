"""What `harness profiles test` does: valid documents of a profile, its mutations played on them, and the result in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from harness.checks import Judge, Proof, prove
from harness.cli import options
from harness.documents import Document, read
from harness.errors import UsageError
from harness.library import Library
from harness.model import Lang, ProfileHead, Text

_SHOWN = 12


def prove_profile(library: Library, head: ProfileHead, at: date, given: Sequence[Path]) -> Proof:
    """given: valid documents to spoil; none: the specimens of the profile and of those it extends, then one synthetic document
    for each story that the volet can tell.
    """
    judge = Judge(library, at=at, now=options.now(), profile=head.coordinate)
    if given:
        return prove(judge, head.coordinate, [read(path.read_bytes(), str(path)) for path in given])
    specimens = {known.coordinate: list(read_specimens(library, known)) for known in _lineage(library, head, at)}
    documents = list(_synthetic(library, head, at))
    if not documents and not any(specimens.values()):
        raise UsageError(
            Text(f"{head.coordinate} : aucun document valide à abîmer", f"{head.coordinate}: no valid document to spoil"),
            Text("En donner avec --document.", "Give some with --document."),
        )
    return prove(judge, head.coordinate, documents, specimens)


def read_specimens(library: Library, head: ProfileHead) -> Iterator[Document]:
    """The valid documents that a profile's own folder holds, by name."""
    for declared in library.files("profiles/**/profile.yaml"):
        said = library.data(declared)
        if (said["id"], said["version"]) == (head.id, head.version):
            for name in library.files(f"{declared.rpartition('/')[0]}/specimens/*.xml"):
                yield read(library.path(name).read_bytes(), name)


def _lineage(library: Library, head: ProfileHead, at: date) -> tuple[ProfileHead, ...]:
    """The profile after all those that it extends, each once."""
    above = [known for name in head.extends for known in _lineage(library, library.head(name, at), at)]
    return tuple(dict.fromkeys((*above, head)))


def _synthetic(library: Library, head: ProfileHead, at: date) -> Iterator[Document]:
    from harness.synthesis import list_stories, synthesize

    for number, story in enumerate(list_stories(library, head.id)):
        made = synthesize(library, head.coordinate, person=None, story=story.id, seed=number, at=at)
        yield read(made.data, f"{story.id}.xml")


def said(proof: Proof, lang: Lang, *, verbose: bool) -> str:
    """The proof in words: what holds in one line, then what does not, by name."""
    sign = "✓" if proof.holds else "✗"
    checks, played = len(proof.tripped), proof.played
    head = Text(
        f"{sign} {proof.profile} : {played} mutations jouées, {checks} vérifications déclenchées",
        f"{sign} {proof.profile}: {played} mutations played, {checks} checks tripped",
    )
    lines = [head.in_(lang)]
    lines += _listed(
        Text("le document valide a une erreur", "the valid document has an error"),
        [f"{path} l.{finding.line} {finding.rule}" for path, finding in proof.errors],
        lang,
        verbose,
    )
    lines += _listed(
        Text("mutation qui ne déclenche pas ce qu'elle doit", "mutation that does not trip what it must"),
        [f"{name} -> {', '.join(missing)}" for name, missing in proof.silent],
        lang,
        verbose,
    )
    lines += _listed(
        Text("vérification qu'aucune mutation ne déclenche", "check that no mutation trips"), list(proof.unproved), lang, verbose
    )
    note = Text(
        f"  {len(proof.unmet)} vérifications portent sur ce que ces documents ne contiennent pas ; --document en apporte d'autres.",
        f"  {len(proof.unmet)} checks are about what these documents do not hold; --document brings others.",
    )
    lines += [note.in_(lang)] if proof.unmet else []
    lines += [f"    {name}" for name in proof.unmet] if verbose else []
    return "\n".join(lines)


def _listed(title: Text, names: Sequence[str], lang: Lang, verbose: bool) -> list[str]:
    if not names:
        return []
    shown = names if verbose else names[:_SHOWN]
    rest = len(names) - len(shown)
    return [f"  {title.in_(lang)} ({len(names)}) :", *(f"    {name}" for name in shown), *([f"    … +{rest}"] if rest else [])]
