"""What a volet says of a person in a story: problems, treatments, a stay. All dates are offsets from the day of the document."""

from __future__ import annotations

from typing import Annotated

from ..model import Text
from ..ucum import is_ucum, measures_as
from ..values import dataclass
from .fixture import Form, like
from .moments import Offset
from .people import Sex

_MOST = 1_000_000  # of a quantity: beyond, a digit was most likely repeated

Positive = Annotated[
    float,
    Form(
        lambda value: 0 < value < _MOST,
        Text("un nombre positif, d'au plus six chiffres", "a positive number of at most six digits"),
    ),
]
Unit = Annotated[str, Form(is_ucum, Text("une unité UCUM : mg, mL, [iU], {tablet}", "a UCUM unit: mg, mL, [iU], {tablet}"))]
Past = Annotated[
    Offset, Form(lambda offset: offset.months + offset.days <= 0, Text("-P3M, -P10D : un jour passé", "-P3M, -P10D: a day past"))
]
Clock = Annotated[str, like("([01][0-9]|2[0-3]):[0-5][0-9]", Text("HH:MM, entre guillemets", "HH:MM, in quotes"))]
Cim10 = Annotated[
    str, like(r"[A-Z][0-9]{2}(\.[0-9+]{1,4})?", Text("un code de la CIM-10, comme E11.9", "a code of ICD-10, as E11.9"))
]
Ccam = Annotated[str, like("[A-Z]{4}[0-9]{3}", Text("un code de la CCAM, comme HMFC004", "a code of CCAM, as HMFC004"))]
Atc = Annotated[
    str,
    like("[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}|[A-Z]([0-9]{2}[A-Z]{0,2})?", Text("un code ATC, comme J01CA04", "an ATC code, as J01CA04")),
]


@dataclass(frozen=True, slots=True)
class Quantity:
    """unit: UCUM."""

    value: Positive
    unit: Unit

    @property
    def number(self) -> str:
        return f"{self.value:g}"


def _is_a_period(quantity: Quantity) -> bool:
    return measures_as(quantity.unit, "d") is True


Period = Annotated[Quantity, Form(_is_a_period, Text("une durée, comme [12, h]", "a period, as [12, h]"))]


@dataclass(frozen=True, slots=True)
class Problem:
    """key: how treatments and procedures name it; code, label: CIM-10; text: as the clinician says it."""

    code: Cim10
    label: str
    text: str
    since: Past
    until: Offset | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A past procedure. code, label: CCAM; reason: key of a problem."""

    code: Ccam
    label: str
    text: str
    on: Past
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """What an allergy is to. code: ATC."""

    code: Atc
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Allergy:
    """kind, reaction, severity, status: words of fixtures/terms.yaml."""

    kind: str
    agent: Agent
    since: Past
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
    code: Cim10
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """drug: key of fixtures/medicines.yaml; dose at each intake; every: period between intakes; reason: key of a problem."""

    drug: str
    posology: str
    dose: Quantity
    every: Period
    since: Offset
    until: Offset | None = None
    reason: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PlannedProcedure:
    """code, label: CCAM; priority: word of fixtures/terms.yaml."""

    code: Ccam
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

    admitted: Past
    admitted_at: Clock
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
