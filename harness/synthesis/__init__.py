"""Tells a clinical story about a synthetic person as a document of a volet.

Everything is drawn from the seed: the same library, arguments and date give the same bytes. Nothing under a production INS OID
leaves here, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from lxml import etree

from ..documents import mutation as mutations
from ..errors import ForbiddenProduction, UsageError
from ..identifiers import carries_production_ins
from ..identifiers.making import make_oid
from ..library import Library
from ..model import Mutation, ProfileHead, Text
from ..values import dataclass
from .cast import Organisation, find_professional
from .fixture import WrongWord
from .generation import generate_person, seeded
from .moments import paris
from .people import Person, find_person, list_people
from .rendering import Writing, render, serialise
from .stories import Story, find_story, list_stories

__all__ = [
    "Person",
    "Story",
    "SyntheticDocument",
    "generate_person",
    "list_people",
    "list_stories",
    "synthesize",
    "synthesize_many",
]


_YEARS = range(1996, 2200)  # from the year European clocks change on the days that `moments` knows


@dataclass(frozen=True, slots=True)
class SyntheticDocument:
    """profile: coordinate; unique_id, set_id: bare OIDs; mutation: id of the edit that spoiled it."""

    data: bytes
    profile: str
    person: Person
    story: str
    unique_id: str
    set_id: str
    title: str
    mutation: str | None


def synthesize(
    library: Library,
    profile: str,
    *,
    person: str | None,
    story: str | None,
    seed: int,
    at: date,
    number: int = 0,
    mutation: Mutation | None = None,
) -> SyntheticDocument:
    """A document of the profile, written the day before `at`.

    person: id of a named person, else one is generated; story: its id, else one that suits is drawn; number: tells apart the
    documents of one seed. A spoiled document has identifiers of its own, as a system may hold it beside the good one.
    Raises UsageError (unknown or unfit person, story, profile or mutation), ForbiddenProduction.
    """
    if at.year not in _YEARS:
        raise UsageError(Text(f"une histoire ne se raconte pas en {at.year}", f"a story cannot be told in {at.year}"))
    head = library.head(profile, at)
    written = at - timedelta(days=1)
    named = find_person(library, person) if person is not None else None
    draw = seeded("story", seed, number, head.id, at)
    told = find_story(library, story, head.id) if story is not None else _draw_story(library, head.id, named, written, draw)
    subject = named or generate_person(library, seed, number, at=written, ages=told.ages)
    if not told.suits(subject, written):
        raise _too_young(told, subject, written)
    key = f"{seed}|{number}|{head.coordinate}|{subject.id}|{told.id}|{at}"
    cast = {role: find_professional(library, id) for role, id in told.cast.items()}
    telling = told.tellings[head.id]
    document = _writing(key, mutation, subject, cast[telling.author].organisation, written)
    try:
        root = render(library, _template(library, head), person=subject, cast=cast, telling=telling, document=document)
    except WrongWord as error:
        raise error.written_in(library, told.file) from None
    title = root.findtext("{*}title", "")
    data = serialise(root if mutation is None else _spoil(root, mutation))
    if carries_production_ins(data.decode()):
        raise ForbiddenProduction(Text("un INS de production allait être écrit", "a production INS was about to be written"))
    return SyntheticDocument(
        data, head.coordinate, subject, told.id, document.id, document.set_id, title, mutation.id if mutation else None
    )


def synthesize_many(
    library: Library,
    profile: str,
    *,
    count: int,
    people: Sequence[str] = (),
    story: str | None,
    seed: int,
    at: date,
    mutation: Mutation | None = None,
) -> Iterator[tuple[str, SyntheticDocument]]:
    """File name and document, `count` times: the people named, in turn, else as many different people as documents.

    File names are `<volet>-<person>-<n>.xml`, n from 1.
    """
    seen: set[str] = set()
    number = written = 0
    while written < count:
        person = people[written % len(people)] if people else None
        document = synthesize(library, profile, person=person, story=story, seed=seed, at=at, number=number, mutation=mutation)
        number += 1
        if person is None and document.person.ins in seen:
            continue
        seen.add(document.person.ins)
        written += 1
        volet = document.profile.partition("@")[0].rpartition("/")[2]
        yield f"{volet}-{document.person.id}-{written}.xml", document


def _draw_story(library: Library, profile: str, person: Person | None, written: date, draw: Random) -> Story:
    able = list_stories(library, profile)
    if not able:
        told = ", ".join(sorted({told for story in list_stories(library) for told in story.tellings}))
        raise UsageError(
            Text(f"aucune histoire ne se raconte en {profile}", f"no story can be told as {profile}"),
            Text(
                f"Histoires racontables : {told}. Un document valide de tout autre volet : `harness profiles specimen {profile}`.",
                f"Stories can be told as: {told}. A valid document of any other volet: `harness profiles specimen {profile}`.",
            ),
        )
    fit = [story for story in able if person is None or story.suits(person, written)]
    if not fit and person is not None:
        raise _too_young(min(able, key=lambda story: story.ages.youngest), person, written)
    return draw.choice(fit)


def _too_young(story: Story, person: Person, written: date) -> UsageError:
    age, youngest = person.age(written), story.ages.youngest
    return UsageError(
        Text(
            f"{person.id} a {age} ans le {written:%d/%m/%Y} : l'histoire {story.id} demande {youngest} ans au moins",
            f"{person.id} is {age} on {written}: story {story.id} needs someone of at least {youngest}",
        ),
        Text("Choisir une autre personne ou une autre histoire.", "Choose another person or another story."),
    )


def _template(library: Library, head: ProfileHead) -> str:
    template = f"profiles/{head.id}/{head.version}/document.xml.j2"
    if template not in library.files(template):
        raise UsageError(
            Text(f"{head.coordinate} se juge mais ne se fabrique pas", f"{head.coordinate} is judged but cannot be made"),
            Text(f"Il lui manque {template}.", f"It lacks {template}."),
        )
    return template


def _writing(key: str, mutation: Mutation | None, person: Person, organisation: Organisation, written: date) -> Writing:
    draw = seeded("document", key, mutation.id if mutation else "")
    clock = seeded("clock", key)
    return Writing(
        id=make_oid(draw),
        set_id=make_oid(draw),
        written=paris(written, clock.randint(9, 17), clock.randrange(60)),
        local_id=str(seeded("local", person.ins, organisation.id).randrange(10**9, 10**10)),
        draw=lambda name: UUID(bytes=sha256(f"{key}|{name}".encode()).digest()[:16], version=4),
    )


def _spoil(root: etree._Element, mutation: Mutation) -> etree._Element:
    spoiled = mutations.apply(mutation, root)
    if spoiled is None:
        raise UsageError(
            Text(
                f"la mutation {mutation.id} ne trouve rien à changer dans ce document",
                f"mutation {mutation.id} finds nothing to change in this document",
            ),
            Text("Choisir une autre histoire ou une autre mutation.", "Choose another story or another mutation."),
        )
    return spoiled
