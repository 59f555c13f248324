"""Clinical stories as data: what is true of a person, and how each volet tells it.

A story holds common `facts` and, for every profile it can be told as, a telling that adds to them or replaces them. All dates are
offsets from the day the document is written. Texts may hold Jinja expressions (docs/synthesis.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from ..errors import UsageError
from ..library import Library
from ..library.nearest import nearest, suggestion
from ..library.reading import Lines, Place
from ..model import Text
from ..values import dataclass
from .fixture import Reader
from .moments import Offset
from .people import Person


@dataclass(frozen=True, slots=True)
class Quantity:
    """unit: UCUM."""

    value: float
    unit: str

    @property
    def number(self) -> str:
        return f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class Problem:
    """key: how treatments and procedures name it; code, label: CIM-10; text: as the clinician says it."""

    code: str
    label: str
    text: str
    since: Offset
    until: Offset | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A past procedure. code, label: CCAM; reason: key of a problem."""

    code: str
    label: str
    text: str
    on: Offset
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """What an allergy is to. code: ATC."""

    code: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Allergy:
    """kind, reaction, severity, status: words of fixtures/terms.yaml."""

    kind: str
    agent: Agent
    since: Offset
    reaction: str
    severity: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Habit:
    """kind: word of `habit`; quantity when it is measured, else only the text is given."""

    kind: str
    text: str
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class FamilyHistory:
    """relative: word of `relative`; code, label: CIM-10."""

    relative: str
    sex: str
    code: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """drug: key of fixtures/medicines.yaml; dose at each intake; every: period between intakes; reason: key of a problem."""

    drug: str
    posology: str
    dose: Quantity
    every: Quantity
    since: Offset
    until: Offset | None = None
    reason: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PlannedProcedure:
    """code, label: CCAM; priority: word of fixtures/terms.yaml."""

    code: str
    label: str
    text: str
    priority: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An examination or a follow-up asked for, by a day."""

    text: str
    on: Offset


@dataclass(frozen=True, slots=True)
class Appointment:
    """kind: word of `encounter`."""

    kind: str
    text: str
    on: Offset


@dataclass(frozen=True, slots=True)
class Plan:
    procedures: tuple[PlannedProcedure, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    appointments: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """code, label: EMDN; serial: identifier of the supply."""

    code: str
    label: str
    text: str
    serial: str
    on: Offset


@dataclass(frozen=True, slots=True)
class Stay:
    """A hospital stay, ended by the document. entry, exit, status: words of fixtures/terms.yaml; admitted_at: HH:MM."""

    admitted: Offset
    admitted_at: str
    entry: str
    exit: str
    synthesis: str
    status: str = "approved"
    adverse_event: str = ""
    resistant_germs_sought: bool = False
    resistant_germs_found: str = ""
    transfusion: bool = False
    transfusion_accident: str = ""
    blood_products: bool = False
    blood_products_event: str = ""
    stopped: tuple[Treatment, ...] = ()
    discharge: tuple[Treatment, ...] = ()
    awaited: tuple[str, ...] = ()
    plan: Plan = Plan()
    devices: tuple[Device, ...] = ()
    allergies: tuple[Allergy, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """What one volet says. author: a role of the cast; watch: points to look out for; comments: paragraphs."""

    author: str
    problems: tuple[Problem, ...] = ()
    history: tuple[Problem, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    habits: tuple[Habit, ...] = ()
    occupational: tuple[str, ...] = ()
    family: tuple[FamilyHistory, ...] = ()
    watch: tuple[str, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    reason: str = ""
    comments: tuple[str, ...] = ()
    stay: Stay | None = None


@dataclass(frozen=True, slots=True)
class Ages:
    """Youngest person that it can be told of, and oldest that generation draws."""

    youngest: int
    oldest: int


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
    stories = (_load(library, relative) for relative in sorted(library.files("fixtures/stories/*.yaml")))
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
        near = suggestion(id, stories) if nearest(id, stories, 1) else Text("", "")
        raise UsageError(
            Text(f"histoire inconnue : {id}", f"unknown story: {id}"),
            Text(f"{near.fr} {hint.fr}".strip(), f"{near.en} {hint.en}".strip()),
        )
    if id not in able:
        raise UsageError(Text(f"l'histoire {id} ne se raconte pas en {profile}", f"story {id} cannot be told as {profile}"), hint)
    return stories[id]


class _StoryReader(Reader):
    def _line(self, found: Lines, place: Place) -> int:
        """What a telling does not say itself stands among the common facts."""
        common = ("facts", *place[2:])
        return super()._line(found, common if len(place) > 2 and place[:3] not in found else place)


def _load(library: Library, relative: str) -> Story:
    reader = _StoryReader(library, relative)
    sheet = reader.read(_Sheet, library.data(relative), ())
    tellings = {}
    for profile, said in sheet.tellings.items():
        place = ("tellings", profile)
        telling = tellings[profile] = reader.read(Telling, {**sheet.facts, **said}, place)
        if telling.author not in sheet.cast:
            wrong = Text(f"{telling.author!r} n'est pas dans la distribution", f"{telling.author!r} is not in the cast")
            reader.refuse((*place, "author"), wrong, suggestion(telling.author, sheet.cast))
    return Story(sheet.id, sheet.title, sheet.ages, sheet.cast, tellings, relative)
