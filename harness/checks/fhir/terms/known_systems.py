"""Systems that no package lists and of which something is certain all the same: a grammar, a register of ISO, a check digit.

Sources: RFC 6838 and the IANA top-level media types (BCP 13), RFC 5646 (BCP 47), ISO 3166-1, ISO 4217, UCUM, and the check digits
of SNOMED CT and LOINC. What only a register could tell stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ....library.fhir.addresses import folded
from ....library.fhir.neighbours import edits
from ....model import Text
from ....ucum import is_ucum, measures_as
from ...codes.keys import is_of_no_concept, loinc_key_is_wrong, sctid_key_is_wrong
from .registers import COUNTRIES_2, COUNTRIES_3, COUNTRIES_N, CURRENCIES, GRANDFATHERED, LANGUAGES_2, LANGUAGES_3
from .verdict import IN, OUT, Verdict, out, unknown

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
MEDIA_TYPES = "urn:ietf:bcp:13"
LANGUAGES = "urn:ietf:bcp:47"
COUNTRIES = "urn:iso:std:iso:3166"
CURRENCY = "urn:iso:std:iso:4217"

OIDS = {  # systems that documents call by OID in CDA and by URL in FHIR, where no package says both
    LOINC: "2.16.840.1.113883.6.1",
    SNOMED: "2.16.840.1.113883.6.96",
    UCUM: "2.16.840.1.113883.6.8",
    "http://www.whocc.no/atc": "2.16.840.1.113883.6.73",
    "http://hl7.org/fhir/sid/icd-10": "2.16.840.1.113883.6.3",
    "http://standardterms.edqm.eu": "0.4.0.127.0.16.1.1.2.1",
    "http://dicom.nema.org/resources/ontology/DCM": "1.2.840.10008.2.16.4",
    "http://terminology.hl7.org/CodeSystem/MDR": "2.16.840.1.113883.6.163",
}
URLS = {oid: url for url, oid in OIDS.items()}
_FURTHER = (MEDIA_TYPES, LANGUAGES, COUNTRIES, CURRENCY)
# as value sets of the NOS call them: who follows these has no other choice
OF_VALUE_SETS = {"https://mos.esante.gouv.fr/NOS/TRE_A04-Loinc/FHIR/TRE-A04-Loinc": LOINC}
_OTHERWISE = {"http://ucum.org": UCUM, **OF_VALUE_SETS}  # and as people call them after the site of who keeps them
_FOLDED = {folded(url): url for url in (*OIDS, *_FURTHER)} | {folded(said): url for said, url in _OTHERWISE.items()}

_LONG_HOST, _SLIPS = 10, 2  # a shorter one is too near to others
_ANNOTATION = re.compile(r"\{[^{}]*\}")

_OF_STU3 = re.compile(r"https?://(?:www\.)?hl7\.org/fhir/(v[23])/([A-Za-z0-9-]+)")
_TOP_LEVEL = frozenset(
    {"application", "audio", "example", "font", "haptics", "image", "message", "model", "multipart", "text", "video"}
)
_UNREGISTERED = frozenset({"chemical"})  # in wide use, and in no register
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 - a token of RFC 2045
# FHIR's own `canonicalization=http://hl7.org/fhir/canonicalization/json#document` stands without the quotes of RFC 2045
_MEDIA_TYPE = re.compile(rf'({_NAME})/{_NAME}(?:\s*;\s*{_TOKEN}=(?:[^\s";]+|"[^"\\]*"))*')
_SUBTAGS = re.compile(
    r"(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-(?P<script>[A-Za-z]{4}))?"
    r"(?:-(?P<region>[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?"
)
_PRIVATE = re.compile(r"[xX](?:-[A-Za-z0-9]{1,8})+")
_FORMER = frozenset({"bh", "in", "iw", "ji", "jw", "mo"})  # two letters that ISO 639 withdrew and the register of BCP 47 keeps
# regions that the register of BCP 47 has beside ISO 3166-1: withdrawn, reserved, and for private use (RFC 5646, 2.2.4)
_REGIONS = frozenset(
    {"AC", "AN", "BU", "CP", "CS", "DD", "DG", "EA", "EU", "EZ", "FX", "IC", "NT", "SU", "TA", "TP", "UN", "YD", "YU", "ZR"}
)
_PRIVATE_REGION = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
_SCT_FORM = re.compile(r"[1-9][0-9]{5,17}")  # sctId of SNOMED's grammars (expressions, ECL)
_SCT_EXPRESSION = re.compile(r"(?:===|<<<)?\s*(?:\(|[0-9]{6,18}\s*(?:[|+:]|$))")  # how a code, or an expression of codes, begins
_V2 = "http://terminology.hl7.org/CodeSystem/v2-"
_FORMS = {  # tables of HL7 v2 whose rows are forms: what stands there for a country, a number, a frequency is not to be written
    f"{_V2}0203": re.compile(f"NN(?:{'|'.join(sorted(COUNTRIES_3))})"),  # NNxxx
    f"{_V2}0335": re.compile(r"Q[0-9]+(?:[SMHDWL]|J[1-7]+)|PRN.+|U .+"),  # Q<integer>H, Q<integer>J<day#>, PRNxxx, U <spec>
    f"{_V2}0396": re.compile(r"(?:HL7|IBT|ISO|X12D[eE])[0-9]{4}|NCPDP[0-9]{4}[A-Z0-9]{3}"),  # HL7nnnn, X12Dennnn, NCPDPnnnnsss
    f"{_V2}0485": re.compile(r"T[SMHDWL][0-9]+"),  # TS<integer>
}
_LOINC_FORM = re.compile(r"(?:[0-9]{1,8}|L[APLGC][0-9]+)-[0-9]|MTHU[0-9]+")


def told(system: str, code: str) -> Verdict | None:
    """What is certain of a code of this system; None for a system of which nothing is."""
    judge = _JUDGES.get(system)
    return None if judge is None else judge(code)


def has_form(system: str, code: str) -> bool:
    """Whether a code is written as a row of its table says that codes are, where the row is a form (`NNxxx`: NNFRA)."""
    form = _FORMS.get(system)
    return form is not None and form.fullmatch(code) is not None


def passes(system: str, code: str, name: str, op: str, value: str) -> Verdict | None:
    """What is certain of a code and a filter of a value set; None where nothing is. R4's times and lengths are filters on UCUM."""
    if system != UCUM or (name, op) != ("canonical", "="):
        return None
    same = measures_as(code, value)
    return None if same is None else IN if same else OUT


def namesake(system: str) -> str | None:
    """The system that this address only differs from by what is easily mistyped, None when there is none."""
    known = _FOLDED.get(folded(system))
    return None if known == system else known


def meant(system: str) -> str | None:
    """The system whose host this address hardly differs from: another end (`http://unitsofmeasure`), a letter or two."""
    if not system.startswith("http") or folded(system) in _FOLDED:
        return None
    host, _, path = folded(system).partition("/")
    near = ((known, url) for known, url in _FOLDED.items() if url.startswith("http") and known.partition("/")[2] == path)
    return next((url for known, url in near if _is_near(host, known.partition("/")[0])), None)


def _is_near(host: str, known: str) -> bool:
    return host.partition(".")[0] == known.partition(".")[0] or (len(known) > _LONG_HOST and edits(host, known) <= _SLIPS)


def successor(system: str) -> str | None:
    """What STU3's address of a table of HL7 v2 or a list of v3 became in R4 (`http://hl7.org/fhir/v2/0203`)."""
    found = _OF_STU3.fullmatch(system)
    return found and f"http://terminology.hl7.org/CodeSystem/{found[1]}-{found[2]}"


def _media_type(code: str) -> Verdict:
    found = _MEDIA_TYPE.fullmatch(code)
    if found is None:
        return out("un type de média s'écrit type/sous-type", "a media type is written type/subtype")
    top = found[1].lower()
    if top in _TOP_LEVEL or top[:2] == "x-":
        return IN
    told = Text(f"« {top} » n'est pas un type de premier niveau enregistré", f"'{top}' is not a registered top-level type")
    return Verdict("unknown" if top in _UNREGISTERED else "out", told)


def _language(code: str) -> Verdict:
    found = _SUBTAGS.fullmatch(code)
    if found is None:
        if _PRIVATE.fullmatch(code) or code.lower() in GRANDFATHERED:
            return IN
        return out("une langue s'écrit « fr » ou « fr-FR » (BCP 47)", "a language is written 'fr' or 'fr-FR' (BCP 47)")
    language, region = found["language"].lower(), found["region"]
    if "-" not in language and len(language) > 3:  # the register has none, and keeps those of four letters for later
        return out(f"« {language} » n'est pas une langue de BCP 47", f"'{language}' is not a language of BCP 47")
    if shorter := LANGUAGES_3.get(language):
        return out(f"cette langue s'écrit « {shorter} » (BCP 47)", f"this language is written '{shorter}' (BCP 47)")
    if len(language) == 2 and language not in LANGUAGES_2 | _FORMER:
        return out(f"« {language} » n'est pas une langue d'ISO 639-1", f"'{language}' is not a language of ISO 639-1")
    if region is not None and len(region) == 2 and not _is_region(region.upper()):
        return out(f"« {region} » n'est pas une région de BCP 47", f"'{region}' is not a region of BCP 47")
    if len(language) > 2:
        return unknown(
            f"le registre des langues à trois lettres et plus (« {language} ») n'est pas là",
            f"the register of languages of three letters and more ('{language}') is not here",
        )
    return IN


def _is_region(letters: str) -> bool:
    return letters in COUNTRIES_2 or letters in _REGIONS or _PRIVATE_REGION.fullmatch(letters) is not None


def _country(code: str) -> Verdict:
    if code in COUNTRIES_2 or code in COUNTRIES_3 or code in COUNTRIES_N:
        return IN
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code) and code[:2] in COUNTRIES_2:
        return unknown("les subdivisions d'ISO 3166-2 ne sont pas là", "the subdivisions of ISO 3166-2 are not here")
    return out("ce n'est pas un pays d'ISO 3166-1", "it is not a country of ISO 3166-1")


def _currency(code: str) -> Verdict:
    if code in CURRENCIES:
        return IN
    if re.fullmatch(r"[A-Z]{3}|[0-9]{3}", code):
        return unknown(
            "monnaie absente de la liste ISO 4217 en vigueur en 2026", "currency not on the ISO 4217 list in force in 2026"
        )
    return out("une monnaie s'écrit en trois lettres (ISO 4217)", "a currency is written in three letters (ISO 4217)")


def _unit(code: str) -> Verdict:
    if is_ucum(code):
        return IN
    if (annotation := _ANNOTATION.search(code)) and is_ucum(_ANNOTATION.sub("", code).strip() or "1"):
        return out(
            f"une seule annotation {{…}} suit une unité, sans espace ni accent (UCUM) : « {annotation[0]} »",
            f"one annotation {{…}} only follows a unit, without space nor accent (UCUM): '{annotation[0]}'",
        )
    return out("ce n'est pas une unité UCUM", "it is not a unit of UCUM")


def _snomed(code: str) -> Verdict:
    if sctid_key_is_wrong(code):
        return out("la clé de ce code SNOMED CT est fausse", "the check digit of this SNOMED CT code is wrong")
    if is_of_no_concept(code):
        return out(
            "c'est l'identifiant SNOMED CT d'une description ou d'une relation, pas d'un concept",
            "it is the SNOMED CT identifier of a description or a relationship, not of a concept",
        )
    if code.isdigit() and not _SCT_FORM.fullmatch(code):
        return out(
            "un code SNOMED CT a de 6 à 18 chiffres, dont le premier n'est pas 0",
            "a SNOMED CT code has 6 to 18 digits, the first of them not 0",
        )
    if not _SCT_EXPRESSION.match(code):
        return out("un code SNOMED CT est fait de chiffres", "a SNOMED CT code is made of digits")
    return unknown("SNOMED CT n'est pas là", "SNOMED CT is not here")


def _loinc(code: str) -> Verdict:
    if loinc_key_is_wrong(code):
        return out("la clé de ce code LOINC est fausse", "the check digit of this LOINC code is wrong")
    if not _LOINC_FORM.fullmatch(code):
        return out("un code LOINC s'écrit 12345-6", "a LOINC code is written 12345-6")
    return unknown("LOINC n'est pas là", "LOINC is not here")


_JUDGES: dict[str, Callable[[str], Verdict]] = {
    MEDIA_TYPES: _media_type,
    LANGUAGES: _language,
    COUNTRIES: _country,
    CURRENCY: _currency,
    UCUM: _unit,
    SNOMED: _snomed,
    LOINC: _loinc,
}
JUDGED = frozenset(_JUDGES)
