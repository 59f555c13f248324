"""Names that the writer of expressions shares with what evaluates them, which needs neither parser nor writer."""

from __future__ import annotations

from typing import Literal

Mode = Literal["items", "truth"]
TYPE_FUNCTIONS = ("is", "as", "ofType")
# `value` and what else FHIR writes with a type behind it: a child of such a name is looked for under its other names too
CHOICE_NAMES = frozenset(
    """abatement additive age allowed amount answer asNeeded author born bounds characteristic chargeItem code collected content
    created date deceased defaultValue definingSubstance definition detail diagnosis dose doseNumber due duration effective entity
    event example fastingStatus fixed identified indication instances item legallyBinding location manufacturer maxValue
    medication minValue minimumVolume module multipleBirth name occurred occurrence offset onset participantEffective pattern
    performed probability procedure product quantity rate reported scheduled seriesDoses serviced source start statusReason
    studyEffective subject substance target time timing topic used value when""".split()  # noqa: SIM905
)
RESOURCE_TYPES = frozenset(  # of R4 (4.0.1)
    """Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
    BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
    ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
    CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
    EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
    FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
    Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
    MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication
    MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
    MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition
    MessageHeader MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition
    OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person
    PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson
    RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment
    RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition
    StructureMap Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport
    TestScript ValueSet VerificationResult VisionPrescription""".split()  # noqa: SIM905
)
SYSTEM_TYPES = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})


def key(expression: str, mode: Mode) -> str:
    """By which the program of an expression is kept."""
    return f"{mode}:{expression}"
