"""What a volet says of a person in a story: problems, treatments, a stay. All dates are offsets from the day of the document."""

from __future__ import annotations

from ..values import dataclass
from .moments import Offset
from .people import Sex


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
    sex: Sex
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
