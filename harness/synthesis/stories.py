"""Clinical stories as data: what is true of a person, and how each volet tells it.

A story holds common `facts` and, for every profile it can be told as, a telling that adds to them or replaces them. All dates are
offsets from the day the document is written. Texts may hold Jinja expressions (docs/synthesis.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Annotated

from ..errors import UsageError
from ..library import Library
from ..library.nearest import slipped, suggestion
from ..library.reading import Lines, Place
from ..model import Text
from ..values import dataclass
from .fixture import Form, Reader, unknown
from .people import Person
from .tellings import Procedure, Telling, Treatment

Age = Annotated[int, Form(lambda age: 0 <= age <= 120, Text("un âge, de 0 à 120", "an age, from 0 to 120"))]
_ATTENDING = "attending"  # every volet names who follows the person
_ROLES = (_ATTENDING, "hospital", "specialist", "nurse")  # those that templates know; a story may have others, for its authors


@dataclass(frozen=True, slots=True)
class Ages:
    """Youngest person that it can be told of, and oldest that generation draws."""

    youngest: Age
    oldest: Age


@dataclass(frozen=True, slots=True)
class Story:
    """cast: role -> professional id; `attending` is the médecin traitant. tellings: profile id -> what that volet says."""

    id: str
    title: Text
    ages: Ages
    cast: Mapping[str, str]
    tellings: Mapping[str, Telling]
    file: str = ""

    def suits(self, person: Person, at: date) -> bool:
        return person.age(at) >= self.ages.youngest


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A story as written."""

    id: str
    title: Text
    ages: Ages
    cast: Mapping[str, str]
    tellings: Mapping[str, Mapping[str, object]]
    facts: Mapping[str, object] = field(default_factory=dict)


def list_stories(library: Library, profile: str | None = None) -> tuple[Story, ...]:
    """Stories of the library by id, those that can be told as a profile (its id, `cda/vsm`) when one is given."""
    stories = (_load(library, relative) for relative in library.files("fixtures/stories/*.yaml"))
    return tuple(story for story in stories if profile is None or profile in story.tellings)


def find_story(library: Library, id: str, profile: str) -> Story:
    """Raises UsageError when no story has this id, or when it cannot be told as the profile."""
    own = f"fixtures/stories/{id}.yaml"  # read alone where that tells: a run makes a document for each of its scenarios
    if own in library.files(own) and (story := _load(library, own)).id == id and profile in story.tellings:
        return story
    stories = {story.id: story for story in list_stories(library)}
    able = sorted(story.id for story in stories.values() if profile in story.tellings)
    named = ", ".join(able)
    hint = Text(f"Histoires racontables en {profile} : {named}.", f"Stories that can be told as {profile}: {named}.")
    if id not in stories:
        raise unknown(Text("histoire inconnue", "unknown story"), id, stories, hint)
    if id not in able:
        _check_told(library, stories[id], profile)
        raise UsageError(Text(f"l'histoire {id} ne se raconte pas en {profile}", f"story {id} cannot be told as {profile}"), hint)
    return stories[id]


class _StoryReader(Reader):
    def _line(self, found: Lines, place: Place) -> int:
        """Line of a place; what a telling does not say itself stands among the common facts."""
        common = ("facts", *place[2:])
        return super()._line(found, common if len(place) > 2 and place[:3] not in found else place)


def _load(library: Library, relative: str) -> Story:
    reader = _StoryReader(library, relative)
    sheet = reader.read(_Sheet, library.data(relative), ())
    reader.check_id(sheet.id)
    professionals = library.named("fixtures/professionals/*.yaml")
    for role, id in sheet.cast.items():
        if id not in professionals:
            wrong = Text(f"aucun fichier fixtures/professionals/{id}.yaml", f"no file fixtures/professionals/{id}.yaml")
            reader.refuse(("cast", role), wrong, suggestion(id, professionals))
        if role not in _ROLES and slipped(role, _ROLES):
            reader.refuse(("cast", role), Text(f"rôle inconnu : {role}", f"unknown role: {role}"), suggestion(role, _ROLES))
    if sheet.ages.youngest > sheet.ages.oldest:
        wrong = Text("la plus jeune personne est plus vieille que la plus âgée", "the youngest person is older than the oldest")
        reader.refuse(("ages",), wrong)
    if _ATTENDING not in sheet.cast:
        wrong = Text("le médecin traitant manque à la distribution", "the attending physician is missing in the cast")
        reader.refuse(("cast",), wrong, Text(f"Écrire {_ATTENDING}: et son fichier.", f"Write {_ATTENDING}: and its file."))
    tellings = {}
    for profile, said in sheet.tellings.items():
        place = ("tellings", profile)
        telling = tellings[profile] = reader.read(Telling, {**sheet.facts, **said}, place)
        if telling.author not in sheet.cast:
            wrong = Text(f"« {telling.author} » n'est pas dans la distribution", f"{telling.author!r} is not in the cast")
            reader.refuse((*place, "author"), wrong, suggestion(telling.author, sheet.cast))
        _check_reasons(reader, place, telling)
    return Story(sheet.id, sheet.title, sheet.ages, sheet.cast, tellings, relative)


def _check_told(library: Library, story: Story, profile: str) -> None:
    """Raises DataError when the story has a telling for a misspelt form of this profile."""
    known = {head.id for head in library.heads()}
    misspelt = next((told for told in story.tellings if told not in known and slipped(told, [profile])), None)
    if misspelt is not None:
        wrong = Text(f"profil inconnu : {misspelt}", f"unknown profile: {misspelt}")
        _StoryReader(library, story.file).refuse(("tellings", misspelt), wrong, suggestion(misspelt, [profile]))


def _check_reasons(reader: Reader, place: Place, telling: Telling) -> None:
    """Every reason names a problem: otherwise it would silently be left out of the document."""
    keys = [problem.key for problem in (*telling.problems, *telling.history) if problem.key]
    stay = telling.stay
    given: dict[Place, tuple[Treatment | Procedure, ...]] = {
        ("treatments",): telling.treatments,
        ("procedures",): telling.procedures,
    }
    if stay is not None:
        given |= {("stay", "stopped"): stay.stopped, ("stay", "discharge"): stay.discharge}
    for where, items in given.items():
        for number, item in enumerate(items):
            if item.reason and item.reason not in keys:
                wrong = Text(f"aucun problème n'a la clé « {item.reason} »", f"no problem has the key {item.reason!r}")
                reader.refuse((*place, *where, number, "reason"), wrong, suggestion(item.reason, keys))
