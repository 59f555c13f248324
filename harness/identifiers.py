"""Identifiers of French health care: pure functions that judge them and, from a `random.Random`, make them.

Judging: `x_fault(text)` says the first thing wrong, or None when the identifier is good; `is_x(text)` is its shorthand. Any text
may be given: nothing is raised, only the ASCII digits are digits, and what is far too long is refused before it is read.
Making: `make_x(rng, ...)` gives an identifier that its judge finds good; the same generator state gives the same identifier.

Only `Fault.KEY` says that a control key is wrong; every other fault is one of form, which no environment excuses.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What is wrong with an identifier, the first thing found."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"  # a character that has no place there
    KIND = "kind"  # first digit: sex or NIA of a matricule, type of an IDNPS or IDNST
    MONTH = "month"
    PLACE = "place"  # department, territory, country or commune
    ORDER = "order"
    KEY = "key"  # the form is good, the control key is not
    SYNTAX = "syntax"


# ------------------------------------------------------------------ INS: the matricule

_CORSICA = {"2A": "19", "2B": "18"}
_DEPARTMENTS = frozenset(f"{number:02}" for number in range(1, 96)) | frozenset(_CORSICA)
_TERRITORIES = frozenset(f"97{digit}" for digit in "12345678") | frozenset(f"98{digit}" for digit in "456789")
_COLONIES = {"91": "99352", "92": "99352", "93": "99352", "94": "99352", "95": "99350", "96": "99351"}
"""Births before independence: Algeria, Morocco, Tunisia; INSEE country code that the trait carries today."""

_UNKNOWN_PLACES = frozenset({"99999", "99100"})
_SEX_OF_KIND = {"1": "M", "2": "F", "3": "M", "4": "F", "7": "M", "8": "F"}
_MATRICULE = re.compile(r"(?P<kind>\d)\d\d(?P<month>\d\d)(?P<place>\d[\dAB]\d{3})(?P<order>\d{3})", re.ASCII)


def ins_fault(text: str) -> Fault | None:
    """A whole INS: 15 characters, the form of each position, then the key (rules INS-R02 and INS-R01)."""
    return ins_form_fault(text) or (None if _key_holds(text) else Fault.KEY)


def ins_form_fault(text: str) -> Fault | None:
    """The 15 characters position by position; the key is only asked to be one (01 to 97)."""
    if not text:
        return Fault.EMPTY
    if len(text) != 15:
        return Fault.LENGTH
    return matricule_fault(text[:13]) or _digits_fault(text[13:]) or (None if 1 <= int(text[13:]) <= 97 else Fault.KEY)


def matricule_fault(text: str) -> Fault | None:
    """The 13 characters of a NIR or NIA, without the key. Kinds 1, 2 (NIR), 3, 4 (being registered), 7, 8 (NIA)."""
    if not text:
        return Fault.EMPTY
    if len(text) != 13:
        return Fault.LENGTH
    if (parts := _MATRICULE.fullmatch(text)) is None:
        return Fault.CHARACTERS
    month = int(parts["month"])
    if parts["kind"] not in _SEX_OF_KIND:
        return Fault.KIND
    # 20 to 42 and 50 to 99: month unknown, or a month and commune that have used all their numbers
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return Fault.MONTH
    if not (_is_place(parts["place"]) or (parts["place"][:2] in _COLONIES and parts["place"][2:] != "000")):
        return Fault.PLACE
    return Fault.ORDER if parts["order"] == "000" else None


def is_ins(text: str) -> bool:
    return ins_fault(text) is None


def is_nia(text: str) -> bool:
    """A temporary matricule (NIA), by its first digit; 13 or 15 characters of good form."""
    return text[:1] in ("7", "8") and matricule_fault(text[:13]) is None and len(text) in (13, 15)


def ins_key(matricule: str) -> int:
    """Control key (1 to 97) of an INS matricule.

    matricule: the 13 characters without the key; Corsican departments as 2A or 2B.
    Raises ValueError when the 13 characters are not a NIR or NIA. Source: NIR structure, INSEE; 2A and 2B count as 19 and 18.
    """
    if (fault := matricule_fault(matricule)) is not None:
        raise ValueError(f"not a matricule of 13 characters: {fault}")
    department = matricule[5:7]
    return 97 - int(matricule[:5] + _CORSICA.get(department, department) + matricule[7:]) % 97


def with_ins_key(text: str) -> str:
    """An INS with the key of its matricule, whatever the one that is written; empty when the matricule is not one."""
    matricule = text[:13]
    return "" if len(text) not in (13, 15) or matricule_fault(matricule) else f"{matricule}{ins_key(matricule):02}"


def _key_holds(ins: str) -> bool:
    return int(ins[13:]) == ins_key(ins[:13])


def _is_place(place: str) -> bool:
    """department and commune, territory and commune, or 99 and country: five characters, the last part never zero."""
    if place[:2] in _DEPARTMENTS or place[:2] == "99":
        return place[2:] != "000"
    return place[:3] in _TERRITORIES and place[3:] != "00"


# ------------------------------------------------------------------ INS: the traits against the matricule (rule INS-R11)


def ins_agrees_with_sex(ins: str, sex: str) -> bool:
    """sex: M or F; any other value has nothing to disagree with."""
    return sex not in ("M", "F") or _SEX_OF_KIND.get(ins[:1], sex) == sex


def ins_agrees_with_year(ins: str, birth: str) -> bool:
    """birth: digits YYYY, YYYYMM, YYYYMMDD or longer."""
    return not (_all_digits(birth[:4]) and len(birth) >= 4) or birth[2:4] == ins[1:3]


def ins_agrees_with_month(ins: str, birth: str) -> bool:
    """A fictitious month of the matricule (20 and more) agrees with any."""
    month = ins[3:5]
    if len(birth) < 6 or not _all_digits(birth[4:6]) or not _all_digits(month):
        return True
    return int(month) >= 20 or month == birth[4:6]


def ins_agrees_with_birthplace(ins: str, cog: str) -> bool:
    """cog: commune code of the trait.

    A former colony agrees with its country, department 20 with both of Corsica, an unknown place with all.
    """
    place = ins[5:10]
    if cog == place or cog in _UNKNOWN_PLACES or len(cog) != 5 or place in _UNKNOWN_PLACES:
        return True
    if {place[:2], cog[:2]} <= {"20", "2A", "2B"} and "20" in (place[:2], cog[:2]):
        return place[2:] == cog[2:]
    return _COLONIES.get(place[:2]) == cog


# ------------------------------------------------------------------ INS: the assigning authority

INS_ROOT = "1.2.250.1.213.1.4"


class InsArc(StrEnum):
    """Arcs of INS_ROOT that exist. Other numbers under it name nothing."""

    NIR = "8"  # INS, production
    NIA = "9"  # INS, production, for a time
    NIR_TEST = "10"  # INS, test
    NIR_DEMO = "11"  # INS, demonstration
    SI_SAMU = "12"
    SOCIAL_NIR = "13"  # social-security number, not an INS
    SOCIAL_NIA = "14"  # social-security number, not an INS
    CALCULATED = "2"  # INS-C, obsolete
    CALCULATED_TEST = "6"  # INS-C, obsolete
    CALCULATED_DEMO = "7"  # INS-C, obsolete

    @property
    def oid(self) -> str:
        return f"{INS_ROOT}.{self.value}"

    @property
    def is_production(self) -> bool:
        return self in (InsArc.NIR, InsArc.NIA)

    @property
    def is_test(self) -> bool:
        return self in (InsArc.NIR_TEST, InsArc.NIR_DEMO)

    @property
    def is_ins(self) -> bool:
        return self.is_production or self.is_test

    @property
    def is_obsolete(self) -> bool:
        return self in (InsArc.CALCULATED, InsArc.CALCULATED_TEST, InsArc.CALCULATED_DEMO)

    @property
    def is_social_security(self) -> bool:
        return self in (InsArc.SOCIAL_NIR, InsArc.SOCIAL_NIA)


_ARCS = {arc.oid: arc for arc in InsArc}


def ins_arc(oid: str) -> InsArc | None:
    """The authority an OID names, None when it is none of them. A leading `urn:oid:` is ignored."""
    return _ARCS.get(oid.removeprefix("urn:oid:"))


def under_ins_root(oid: str) -> bool:
    return oid.removeprefix("urn:oid:").startswith(INS_ROOT + ".")


def is_ins_oid(oid: str) -> bool:
    arc = ins_arc(oid)
    return arc is not None and arc.is_ins


def is_production_ins_oid(oid: str) -> bool:
    arc = ins_arc(oid)
    return arc is not None and arc.is_production


# ------------------------------------------------------------------ INS: what may be shown

_PRODUCTION_OID = re.compile(r"(?<![\d.])" + re.escape(INS_ROOT) + r"\.[89](?!\.?\d)", re.ASCII)
_GROUP = r"[ \u00a0\u202f.-]?"
# 13 characters without a key begin with 1, 2, 7 or 8 here: with 3 they would be the CIP13 code of half the medicines
_WRITTEN_MATRICULE = re.compile(
    rf"(?<![0-9A-Za-z.])(?:[1-478]{_GROUP}\d\d{_GROUP}\d\d{_GROUP}\d[\dABab]{_GROUP}\d{{3}}{_GROUP}\d{{3}}{_GROUP}\d\d"
    rf"|[1278]{_GROUP}\d\d{_GROUP}\d\d{_GROUP}\d[\dABab]{_GROUP}\d{{3}}{_GROUP}\d{{3}})(?![0-9A-Za-z]|\.\d)",
    re.ASCII,
)


def carries_production_ins(text: str) -> bool:
    """Some assigning authority in it is that of a real INS."""
    return _PRODUCTION_OID.search(text) is not None


def mask_ins(text: str) -> str:
    """The same text, of the same length, with each matricule reduced to its first three characters: `279************`.

    Right or wrong key, 13 or 15 characters, in one piece or in groups. Sex and year of birth are enough for someone who holds
    the document to know who is meant, and leave hundreds of thousands of people possible to anyone else.
    """
    return _WRITTEN_MATRICULE.sub(lambda match: masked(match[0]), text)


def masked(value: str) -> str:
    """A value that was meant as a matricule, masked whatever its form: letters and digits after the third become `*`."""
    shown = 3
    characters = []
    for character in value:
        significant = character.isalnum()
        characters.append("*" if significant and shown == 0 else character)
        shown -= significant and shown > 0
    return "".join(characters)


# ------------------------------------------------------------------ professionals and structures


def rpps_fault(text: str) -> Fault | None:
    """11 digits, Luhn."""
    return _luhn_fault(text, 11)


def adeli_fault(text: str) -> Fault | None:
    """9 characters: a department (its second character may be a letter) and 7 digits. No key is known to us: form only."""
    if not text:
        return Fault.EMPTY
    if len(text) != 9:
        return Fault.LENGTH
    return None if re.fullmatch(r"\d[\dA-F]\d{7}", text, re.ASCII) else Fault.CHARACTERS


def finess_fault(text: str) -> Fault | None:
    """9 characters, department first, Luhn.

    Corsican numbers begin with 2A or 2B. No text at hand says how the letter counts in the key (A as 1 and B as 2 is what two
    numbers obey, 2A0000014 and 2B0000020): they are judged on their form alone, so that nobody fails on a guess.
    """
    if text[:2] in _CORSICA:
        fault = _luhn_fault("20" + text[2:], 9)
        return None if fault is Fault.KEY else fault
    return _luhn_fault(text, 9)


def siren_fault(text: str) -> Fault | None:
    """9 digits, Luhn."""
    return _luhn_fault(text, 9)


LA_POSTE = "356000000"


def siret_fault(text: str) -> Fault | None:
    """14 digits: a good SIREN, then Luhn on the whole.

    The offices of La Poste have used up the numbers that Luhn allows: theirs are good too when the sum of their digits is a
    multiple of 5. Two ways to be good make the control weaker: there, one digit changed among the last five may go unseen.
    """
    if (fault := _luhn_fault(text, 14)) not in (None, Fault.KEY):
        return fault
    if _luhn_sum(text[:9]) % 10:
        return Fault.KEY
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return None
    return fault


def idnps_fault(text: str) -> Fault | None:
    """National identifier of a person: a type digit, then that identifier (TRE_G08).

    0 ADELI, 1 ADELI practice, 3 FINESS, 4 SIREN, 5 SIRET, 6 RPPS practice, 8 RPPS, 10 MSSanté address; 3, 4, 5 may
    be followed by `/` and a number of the structure's own register.
    """
    if not text:
        return Fault.EMPTY
    if len(text) > 256:
        return Fault.LENGTH
    if text.startswith("10") and "@" in text:
        return None if re.fullmatch(r"10[^\s@]+@[^\s@.]+(\.[^\s@.]+)+", text) else Fault.SYNTAX
    head, slash, register = text[1:].partition("/")
    if slash and not (text[0] in "13456" and register.isprintable() and register.strip()):
        return Fault.SYNTAX
    match text[0]:
        case "0":
            return adeli_fault(head)
        case "1" | "6":
            return _practice_fault(head)
        case "3":
            return finess_fault(head)
        case "4":
            return siren_fault(head)
        case "5":
            return siret_fault(head)
        case "8":
            return rpps_fault(head)
    return Fault.KIND


def idnst_fault(text: str) -> Fault | None:
    """National identifier of a structure: a type digit, then that identifier (TRE_G07).

    0 ADELI practice, 1 FINESS, 2 SIREN, 3 SIRET, 4 RPPS practice and rank.
    """
    if not text:
        return Fault.EMPTY
    if len(text) > 256:
        return Fault.LENGTH
    match text[0]:
        case "0" | "4":
            return _practice_fault(text[1:])
        case "1":
            return finess_fault(text[1:])
        case "2":
            return siren_fault(text[1:])
        case "3":
            return siret_fault(text[1:])
    return Fault.KIND


def is_rpps(text: str) -> bool:
    return rpps_fault(text) is None


def is_adeli(text: str) -> bool:
    return adeli_fault(text) is None


def is_finess(text: str) -> bool:
    return finess_fault(text) is None


def is_siren(text: str) -> bool:
    return siren_fault(text) is None


def is_siret(text: str) -> bool:
    return siret_fault(text) is None


def is_idnps(text: str) -> bool:
    return idnps_fault(text) is None


def is_idnst(text: str) -> bool:
    return idnst_fault(text) is None


def _practice_fault(text: str) -> Fault | None:
    # no text at hand says how a practice's identifier is composed: 9 to 14 characters, an ADELI or RPPS number first
    if not text:
        return Fault.EMPTY
    if not 9 <= len(text) <= 14:
        return Fault.LENGTH
    return None if re.fullmatch(r"\d[\dA-F]\d+", text, re.ASCII) else Fault.CHARACTERS


def _luhn_fault(text: str, length: int) -> Fault | None:
    if not text:
        return Fault.EMPTY
    if len(text) != length:
        return Fault.LENGTH
    return _digits_fault(text) or (Fault.KEY if _luhn_sum(text) % 10 else None)


def _luhn_sum(digits: str) -> int:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return doubled + sum(map(int, digits[-1::-2]))


def _digits_fault(text: str) -> Fault | None:
    return None if _all_digits(text) else Fault.CHARACTERS


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


# ------------------------------------------------------------------ OID, UUID, commune


def oid_fault(text: str) -> Fault | None:
    """Dotted numbers of ISO/IEC 9834-1: first 0 to 2, second below 40 under 0 and 1, no leading zero; 128 characters at most."""
    if not text:
        return Fault.EMPTY
    if len(text) > 128:
        return Fault.LENGTH
    if re.search(r"[^0-9.]", text):
        return Fault.CHARACTERS
    return None if re.fullmatch(r"(?:[01]\.[1-3]?\d|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*", text, re.ASCII) else Fault.SYNTAX


def uuid_fault(text: str) -> Fault | None:
    """The 8-4-4-4-12 hexadecimal form, either case, without `urn:uuid:`."""
    if not text:
        return Fault.EMPTY
    if len(text) != 36:
        return Fault.LENGTH
    if re.search(r"[^0-9a-fA-F-]", text):
        return Fault.CHARACTERS
    return None if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) else Fault.SYNTAX


def cog_fault(text: str) -> Fault | None:
    """Commune code of INSEE: 5 characters, 2A and 2B in Corsica, 97x and 98x overseas, 99 and a country abroad.

    The form is judged; whether the commune exists is not.
    """
    if not text:
        return Fault.EMPTY
    if len(text) != 5:
        return Fault.LENGTH
    if not re.fullmatch(r"\d[\dAB]\d{3}", text, re.ASCII):
        return Fault.CHARACTERS
    return None if _is_place(text) else Fault.PLACE


def is_oid(text: str) -> bool:
    return oid_fault(text) is None


def is_uuid(text: str) -> bool:
    return uuid_fault(text) is None


def is_cog(text: str) -> bool:
    return cog_fault(text) is None


# ------------------------------------------------------------------ making


def make_ins(rng: Random, sex: str, birth: date, place: str, *, nia: bool = False) -> str:
    """15 characters. sex: M or F; place: commune code of birth (5); nia: a temporary number.

    Orders 500 to 999, which a real commune hardly reaches in a month, so that a made matricule is seldom that of someone.
    Raises ValueError when the sex or place cannot stand in a matricule.
    """
    if sex not in ("M", "F"):
        raise ValueError(f"sex of a matricule is M or F, not {sex!r}")
    if not is_cog(place):
        raise ValueError(f"not a commune code: {place!r}")
    kind = {("M", False): "1", ("F", False): "2", ("M", True): "7", ("F", True): "8"}[sex, nia]
    matricule = f"{kind}{birth.year % 100:02}{birth.month:02}{place}{rng.randint(500, 999)}"
    return f"{matricule}{ins_key(matricule):02}"


def make_rpps(rng: Random) -> str:
    """Begins with 0, as the invented numbers of the official examples do; real ones begin with 1."""
    return _with_luhn("0" + _digits(rng, 9))


def make_adeli(rng: Random, department: str = "75") -> str:
    return department + _digits(rng, 7)


def make_finess(rng: Random, department: str = "75") -> str:
    """department: 2 characters, 2A and 2B included."""
    stem = department + _digits(rng, 6)
    counted = ("21" if department == "2A" else "22") + stem[2:] if department in _CORSICA else stem
    return stem + _with_luhn(counted)[-1]


def make_siren(rng: Random) -> str:
    return _with_luhn(str(rng.randint(4, 9)) + _digits(rng, 7))


def make_siret(rng: Random) -> str:
    return _with_luhn(make_siren(rng) + f"{rng.randint(1, 99):04}")


def make_idnps(rng: Random) -> str:
    """8 and an RPPS number."""
    return "8" + make_rpps(rng)


def make_idnst(rng: Random, department: str = "75") -> str:
    """1 and a FINESS number."""
    return "1" + make_finess(rng, department)


def make_oid(rng: Random, root: str | None = None) -> str:
    """One more arc under root, or without a root an OID made of a UUID (arc 2.25)."""
    return f"2.25.{rng.getrandbits(128)}" if root is None else f"{root}.{rng.randint(1, 999_999_999)}"


def make_uuid(rng: Random) -> str:
    """Version 4, lower case."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def make_cog(rng: Random) -> str:
    """A commune code of mainland France, of good form; the commune may not exist."""
    return f"{rng.choice([number for number in range(1, 96) if number != 20]):02}{rng.randint(1, 500):03}"


def _with_luhn(stem: str) -> str:
    return stem + str(-_luhn_sum(stem + "0") % 10)


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


# What judges each kind of identifier, by the name that rules call it.
FAULTS: Mapping[str, Callable[[str], Fault | None]] = {
    "ins": ins_fault,
    "ins-form": ins_form_fault,
    "rpps": rpps_fault,
    "adeli": adeli_fault,
    "finess": finess_fault,
    "siren": siren_fault,
    "siret": siret_fault,
    "idnps": idnps_fault,
    "idnst": idnst_fault,
    "cog": cog_fault,
    "oid": oid_fault,
}
