"""Who takes part in a story beside the person: professionals and the organisations they work for."""

from __future__ import annotations

from typing import Annotated

from ..errors import UsageError
from ..identifiers import is_finess, is_oid, is_rpps
from ..library import Library
from ..library.nearest import suggestion
from ..model import Text
from ..values import dataclass
from .fixture import Form, load
from .people import Address, Phone

Rpps = Annotated[
    str, Form(is_rpps, Text("un RPPS : 11 chiffres, clé juste, entre guillemets", "an RPPS: 11 digits with a right key, in quotes"))
]
Finess = Annotated[
    str,
    Form(
        is_finess,
        Text("un FINESS : 9 caractères, clé juste, entre guillemets", "a FINESS: 9 characters with a right key, in quotes"),
    ),
]
Oid = Annotated[str, Form(is_oid, Text("un OID", "an OID"))]


@dataclass(frozen=True, slots=True)
class Coded:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """finess: 9 characters; local_ids: OID under which it numbers its patients; setting, facility: JDV_J04 and JDV_J02."""

    id: str
    name: str
    finess: Finess
    local_ids: Oid
    setting: Coded
    facility: Coded
    address: Address
    phone: Phone

    @property
    def idnst(self) -> str:
        return f"1{self.finess}"


@dataclass(frozen=True, slots=True)
class ProfessionalSheet:
    """A professional as written in a file: the organisation by its id."""

    id: str
    rpps: Rpps
    civility: str
    family: str
    given: str
    profession: Coded
    organisation: str
    phone: Phone
    title: str = ""


@dataclass(frozen=True, slots=True)
class Professional:
    """profession: JDV_J01; civility: JDV_J245; title: JDV_J246 or nothing."""

    id: str
    rpps: str
    civility: str
    title: str
    family: str
    given: str
    profession: Coded
    organisation: Organisation
    phone: str

    @property
    def idnps(self) -> str:
        return f"8{self.rpps}"

    @property
    def called(self) -> str:
        """As a letter names them: Dr Hélène VIALATTE."""
        polite = self.title.capitalize() or {"M": "M.", "MME": "Mme"}.get(self.civility, "")
        return " ".join(part for part in (polite, self.given, self.family) if part)


def find_professional(library: Library, id: str) -> Professional:
    sheet = load(library, ProfessionalSheet, _file(library, "professionals", id))
    organisation = load(library, Organisation, _file(library, "organisations", sheet.organisation))
    return Professional(
        sheet.id, sheet.rpps, sheet.civility, sheet.title, sheet.family, sheet.given, sheet.profession, organisation, sheet.phone
    )


def _file(library: Library, folder: str, id: str) -> str:
    known = library.named(f"fixtures/{folder}/*.yaml")
    if id not in known:
        missing = f"fixtures/{folder}/{id}.yaml"
        raise UsageError(Text(f"aucun fichier {missing}", f"no file {missing}"), suggestion(id, known))
    return known[id]
