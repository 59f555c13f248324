"""What FHIR R4, MHD and HTTP call things, so that a slip of a letter in a scenario is told before anything is played.

A scenario may ask for what nobody knows (a search parameter, an element that is not FHIR): only a name that is nearly a known one
is taken for a slip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.exchange.terms import MAPPING, MAPPINGS, TEXT, TEXTS, Shape, Slip, one_of
from harness.library.nearest import nearest, slipped
from harness.model import Text


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# FHIR R4 (4.0.1), the resources
RESOURCE_TYPES = _words(
    """
Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Location
Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
MedicationStatement MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication
MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged
MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence
NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition OperationOutcome Organization
OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner
PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter
ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid
SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery
SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription
"""
)
# FHIR R4 search parameters of DocumentReference and List; those that MHD (2:3.66.4.1.2.1, 2:3.67.4.1.2.1) and PDSm add
_PARAMETERS = _words(
    """
_id _lastUpdated _profile _security _tag _text _content _count _elements _format _include _revinclude _sort _summary _total
authenticator author author.family author.given category code contenttype creation custodian date description designationType
empty-reason encounter event facility format identifier isArchived item language location notes patient patient.identifier
period period-start period-end related relatesto relatesTo relation relationship security-label setting source source.family
source.given sourceId status subject subject.identifier title type
"""
)
_DATES = frozenset({"_lastUpdated", "creation", "date", "period", "period-start", "period-end"})
_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_PREFIXED = re.compile(r"([a-z]+)(\d|\$\{)")
_STATUSES = ("current", "superseded", "entered-in-error", "retired")
_WORDS_ASKED = {"status": _STATUSES, "code": ("submissionset", "folder")}
_SCHEMES = ("urn:oid:", "urn:uuid:", "urn:ietf:")
_RFC_3986 = "urn:ietf:rfc:3986"
_FIELDS = _words(
    """
Accept Accept-Charset Accept-Encoding Accept-Language Allow Authorization Cache-Control Connection Content-Disposition
Content-Encoding Content-Language Content-Length Content-Location Content-Type Cookie Date ETag Expires Host If-Match
If-Modified-Since If-None-Exist If-None-Match If-Unmodified-Since Last-Modified Location Origin Pragma Prefer Referer
Retry-After Server Set-Cookie Transfer-Encoding User-Agent Vary WWW-Authenticate X-Request-Id
"""
)
_FOLDED = frozenset(name.casefold() for name in _FIELDS)
_MEDIA_TYPES = _words(
    """
application/dicom application/fhir+json application/fhir+xml application/gzip application/json application/json-patch+json
application/octet-stream application/pdf application/x-www-form-urlencoded application/xml application/xslt+xml
application/zip image/jpeg image/png image/svg+xml image/tiff multipart/form-data multipart/related text/html text/plain
text/rtf text/xml video/mp4
"""
)
_OF_AN_OPERATION = ("op", "path", "value", "from")
_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")  # RFC 6902
_IN_A_MESSAGE = frozenset({"Binary", "Bundle", "DocumentReference", "List", "Parameters", "Patient"})
_IN_AN_ANSWER = _IN_A_MESSAGE | {"CapabilityStatement", "OperationOutcome"}
_DATA_TYPES = frozenset({"Practitioner", "PractitionerRole", "Organization", "Device"})  # what a message contains
_STEP = re.compile(r"([A-Za-z_][\w-]*)(\[\d+\])?")


# ------------------------------------------------------------------ shapes


def spelt(shape: Shape, *known: str) -> Shape:
    """The same shape, where a word that is nearly a known one is a slip."""

    def slip(value: Any) -> Slip | None:
        return next(_slips((), value, known), None)

    return replace(shape, slip=slip)


def _slips(place: tuple[str | int, ...], value: Any, known: Iterable[str]) -> Iterator[Slip]:
    for word in value if isinstance(value, list) else [value]:
        if isinstance(word, str) and (meant := slipped(word, known)):
            yield Slip(word, meant, place)


PARAMETERS = spelt(TEXTS, *_PARAMETERS)


def _slip_of_type(value: Any) -> Slip | None:
    """Of a resource type, any word that is none: nothing could ever be of it."""
    if not isinstance(value, str) or "${" in value or value in RESOURCE_TYPES:
        return None
    return Slip(value, next(iter(nearest(value, RESOURCE_TYPES, 1)), ""))


def _slip_of_query(value: Any) -> Slip | None:
    return next(_slips_of_query(value), None) if isinstance(value, dict) else None


def _slips_of_query(query: Mapping[Any, Any]) -> Iterator[Slip]:
    for name, wanted in query.items():
        plain = str(name).partition(":")[0]
        yield from _slips((name,), plain, _PARAMETERS)
        for one in wanted if isinstance(wanted, list) else [wanted]:
            for word in str(one).split(","):
                yield from _slips((name,), word.rpartition("|")[2], _WORDS_ASKED.get(plain, ()))
                yield from _slips_of_token((name,), word)
                yield from _slips_of_prefix((name,), plain, word)


def _slips_of_prefix(place: tuple[str, ...], parameter: str, word: str) -> Iterator[Slip]:
    """Of a date that is one beside its prefix."""
    found = _PREFIXED.match(word) if parameter in _DATES else None
    if found and found[1] not in _PREFIXES:
        yield Slip(found[1], next(iter(nearest(found[1], _PREFIXES, 1)), "eq | ge | gt | le | lt"), place)


def _slips_of_token(place: tuple[str, ...], word: str) -> Iterator[Slip]:
    """In `system|value`, of the system of what is itself a URI, and of how a URN begins."""
    system, bar, _ = word.partition("|")
    if bar and system.startswith("urn:ietf:rfc:") and system != _RFC_3986:  # no other is a system of identifiers
        yield Slip(system, _RFC_3986, place)
    elif bar:
        yield from _slips(place, system, (_RFC_3986,))
    for part in word.split("|"):
        begun = re.match(r"[^:$]+:[^:$]+:", part)
        if begun:
            yield from _slips(place, begun[0], _SCHEMES)


def _slip_of_fields(value: Any) -> Slip | None:
    """Of headers sent: their names."""
    names = [name for name in value if str(name).casefold() not in _FOLDED] if isinstance(value, dict) else []
    return next((slip for name in names for slip in _slips((name,), name, _FIELDS)), None)


def _slip_of_expected_fields(value: Any) -> Slip | None:
    if not isinstance(value, dict):
        return None
    words = (slip for name, word in value.items() for slip in _slips((name,), word, ("present", "absent")))
    return _slip_of_fields(value) or next(words, None)


def _slip_of_edit(root: str) -> Callable[[Any], Slip | None]:
    def slip(value: Any) -> Slip | None:
        edits = enumerate(value) if isinstance(value, list) else [((), value)]
        return next((found for number, edit in edits for found in _slips_of_edit(root, number, edit)), None)

    return slip


def _slips_of_edit(root: str, number: int | tuple[()], edit: Any) -> Iterator[Slip]:
    place = number if isinstance(number, tuple) else (number,)
    if not isinstance(edit, dict):
        return
    for key in edit:
        if key not in ("path", "value", "remove"):
            yield Slip(str(key), next(iter(nearest(str(key), ("path", "value", "remove"), 1)), ""), (*place, key))
    if "remove" in edit and not isinstance(edit["remove"], bool):
        yield Slip(str(edit["remove"]), "true", (*place, "remove"))
    steps = [found[1] for step in str(edit.get("path", "")).split(".") if (found := _STEP.fullmatch(step))]
    yield from _slips_of_path((*place, "path"), steps, root)


def _slips_of_path(place: tuple[str | int, ...], steps: list[str], root: str) -> Iterator[Slip]:
    """root: the type of what an element begins at; a step in capitals is a resource of the message."""
    if steps and steps[0][:1].isupper():
        if steps[0] not in RESOURCE_TYPES:
            yield Slip(steps[0], next(iter(nearest(steps[0], _IN_A_MESSAGE, 1)), ""), place)
        root, steps = steps[0], steps[1:]
    if wrong := misspelt_element(steps, {root}):
        yield Slip(*wrong, place)


def _slip_of_patch(value: Any) -> Slip | None:
    return next((slip for number, one in enumerate(value) for slip in _slips_of_operation(number, one)), None)


def _slips_of_operation(number: int, operation: Mapping[str, Any]) -> Iterator[Slip]:
    for key in operation:
        if key not in _OF_AN_OPERATION:
            yield Slip(key, next(iter(nearest(key, _OF_AN_OPERATION, 1)), ""), (number, key))
    if (op := operation.get("op")) not in _OPERATIONS:
        yield Slip(str(op), next(iter(nearest(str(op), _OPERATIONS, 1)), ""), (number, "op"))
    steps = [step for step in str(operation.get("path", "")).split("/")[1:] if not step.isdigit() and step != "-"]
    if steps == ["status"]:
        yield from _slips((number, "value"), operation.get("value"), _STATUSES)
    if wrong := misspelt_element(steps, {"DocumentReference"}):
        yield Slip(*wrong, (number, "path"))


def _slip_of_reference(value: Any) -> Slip | None:
    """`Binary/1`: of its type."""
    return next(_slips((), str(value).partition("/")[0], RESOURCE_TYPES), None) if "/" in str(value) else None


def slip_of_fault(value: Any) -> Slip | None:
    """In the name of a derived mutation (`CARD:List.mode:drop`), of its type or its element."""
    names = [str(name).split(":") for name in (value if isinstance(value, list) else [value])]
    return next((slip for parts in names if len(parts) == 3 for slip in _slips_of_derived(*parts)), None)


def _slips_of_derived(kind: str, path: str, deed: str) -> Iterator[Slip]:
    yield from _slips((), kind, ("CARD", "BINDING", "REFERENCE", "TYPE", "UNKNOWN"))
    yield from _slips_of_path((), path.split("."), "")
    yield from _slips((), deed, ("drop", "repeat", "outside", "other-type", "form", "unknown"))


def misspelt_element(steps: Iterable[str], types: Iterable[str]) -> tuple[str, str] | None:
    """The first step that is no element there but nearly one, and that one. It is left at what nobody knows."""
    from harness.exchange.pdsm.fhir_xml import elements

    at = set(types)
    for step in steps:
        if step.isdigit():
            continue
        known = {name: type for one in at for name, type in elements(one).items()}
        if step in known:
            at = {elements(one)[step] for one in at if step in elements(one)}
            at = at | _IN_A_MESSAGE | _DATA_TYPES if "Resource" in at else at
        elif meant := slipped(step, known):
            return step, meant
        else:
            return None
    return None


def slip_of_fact(steps: list[str]) -> Slip | None:
    """In `message.entry.1.resource...` or `resource...`, what a fact is of FHIR."""
    of = {"message": {"Bundle"}, "resource": _IN_AN_ANSWER}.get(steps[0])
    wrong = misspelt_element(steps[1:], of) if of else None
    return Slip(*wrong) if wrong else None


def edits_of(root: str) -> Shape:
    """Edits of a message of this type."""
    return replace(MAPPINGS, slip=_slip_of_edit(root))


def slip_of_status(value: Any) -> Slip | None:
    """In what matches have to be: of a status that nothing ever has."""
    status = value.get("status") if isinstance(value, dict) else None
    return next(_slips(("status",), status, _STATUSES), None)


def _is_query(value: Any) -> bool:
    """A parameter without a value would be sent as the word None, and a system blamed for what it answers."""
    values = value.values() if isinstance(value, dict) else [None]
    return all(isinstance(one, str | int | float) for said in values for one in (said if isinstance(said, list) else [said]))


QUERY = replace(
    MAPPING,
    said=Text("des paramètres, chacun avec sa valeur", "parameters, each with its value"),
    admits=_is_query,
    slip=_slip_of_query,
)
FIELDS = replace(MAPPING, slip=_slip_of_fields)
EXPECTED_FIELDS = replace(MAPPING, slip=_slip_of_expected_fields)
MEDIA_TYPES = spelt(TEXTS, *_MEDIA_TYPES)
MEDIA_TYPE = spelt(TEXT, *_MEDIA_TYPES)
ACCEPTED = Shape(
    Text("json, xml ou un type de média", "json, xml or a media type"),
    lambda value: isinstance(value, str) and (value in ("json", "xml") or "/" in value),
    known=("json", "xml"),
    slip=MEDIA_TYPE.slip,
)
METHOD = one_of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFERENCE = replace(TEXT, slip=_slip_of_reference)
RESOURCE_TYPE = replace(TEXT, slip=_slip_of_type)
PATCH = replace(MAPPINGS, slip=_slip_of_patch)
STATUS = spelt(TEXT, *_STATUSES)
