"""What is said of the metadata of an XDM archive: each rule with its sentence, its hint, its weight and its source."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

from ...model import Finding, Severity, Text
from ...values import dataclass

_CISIS = "CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS"
_IHE = "IHE ITI TF-3 4.2, DocumentEntry ; TF-2 3.32, XDM"
_NO_DATE = Text(
    "Écrire AAAAMMJJhhmmss, en temps universel, sans décalage.", "Write YYYYMMDDhhmmss, in universal time, without offset."
)
SUBMISSION_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
STABLE_DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"

Answer: TypeAlias = tuple[str, Finding | None]  # the rule that was asked, and what breaks it


@dataclass(frozen=True, slots=True)
class Rule:
    """message: its `{...}` are filled with what the metadata and the document say."""

    name: str
    message: Text
    hint: Text
    severity: Severity = Severity.WARNING
    source: str = _IHE

    def answer(self, met: bool, element: etree._Element, **said: object) -> Answer:
        return (self.name, None) if met else self.broken(element, **said)

    def broken(self, element: etree._Element, **said: object) -> Answer:
        path = element.getroottree().getpath(element)
        line: int = element.sourceline or 0  # type: ignore[assignment]
        return self.name, Finding(
            self.name, self.name, self.severity, path, line, self.message.filled(**said), self.hint, self.source
        )


# The archive and its files

MEDIA = Rule(
    "XDM-MEDIA",
    Text("L'archive n'a pas, à sa racine : {missing.fr}.", "The archive lacks, at its root: {missing.en}."),
    Text(
        "INDEX.HTM montre les documents dans un navigateur, README.TXT dit qui a fait l'archive et comment la lire.",
        "INDEX.HTM shows the documents in a browser, README.TXT says who made the archive and how to read it.",
    ),
    source="IHE ITI TF-2 3.32.4.1.2, XDM",
)
FILE = Rule(
    "XDM-FILE",
    Text("L'entrée décrit « {uri} », qui n'est pas dans l'archive.", "The entry describes “{uri}”, which is not in the archive."),
    Text(
        "Écrire dans URI le nom du fichier, qui est dans le dossier des métadonnées.",
        "Write in URI the name of the file, which is in the folder of the metadata.",
    ),
    Severity.ERROR,
)
NO_URI = Rule(
    FILE.name,
    Text("L'entrée ne dit pas quel fichier elle décrit.", "The entry does not say which file it describes."),
    FILE.hint,
    Severity.ERROR,
)
TWICE = Rule(
    "XDM-TWICE",
    Text("Deux entrées décrivent {file}.", "Two entries describe {file}."),
    Text("Décrire chaque document par une seule entrée.", "Describe each document by one entry."),
)
DESCRIBED = Rule(
    "XDM-DESCRIBED",
    Text("Le document {file} n'a pas d'entrée dans les métadonnées.", "Document {file} has no entry in the metadata."),
    Text("Décrire chaque document de l'archive par une entrée.", "Describe each document of the archive by an entry."),
)
HASH = Rule(
    "XDM-HASH",
    Text("L'empreinte ({said}) n'est pas celle de {file} ({own}).", "The hash ({said}) is not that of {file} ({own})."),
    Text(
        "Écrire le SHA-1 du fichier tel qu'il est dans l'archive, en hexadécimal.",
        "Write the SHA-1 of the file as it is in the archive, in hexadecimal.",
    ),
    Severity.ERROR,
)
SIZE = Rule(
    "XDM-SIZE",
    Text("La taille ({said}) n'est pas celle de {file} ({own} octets).", "The size ({said}) is not that of {file} ({own} bytes)."),
    Text("Compter les octets du fichier tel qu'il est dans l'archive.", "Count the bytes of the file as it is in the archive."),
    Severity.ERROR,
)

# What an entry is, where its file is, and what it has to say

OBJECT_TYPE = Rule(
    "XDM-OBJECT-TYPE",
    Text(
        "objectType (« {said} ») n'est pas celui d'une entrée de document.",
        "objectType (“{said}”) is not that of a document entry.",
    ),
    Text(f"Un document stable : {STABLE_DOCUMENT}.", f"A stable document: {STABLE_DOCUMENT}."),
)
MIME = Rule(
    "XDM-MIME",
    Text("mimeType (« {said} ») n'est pas le type de {file}.", "mimeType (“{said}”) is not the type of {file}."),
    Text(
        "text/xml pour un CDA, application/xslt+xml s'il est autoprésentable.",
        "text/xml for a CDA, application/xslt+xml when it includes its own stylesheet.",
    ),
    source=_CISIS,
)
URI = Rule(
    "XDM-URI",
    Text(
        "URI (« {uri} ») nomme un dossier : {file} est dans celui des métadonnées.",
        "URI (“{uri}”) names a folder: {file} is in that of the metadata.",
    ),
    Text(
        "Écrire le nom du fichier seul : URI part du dossier de METADATA.XML.",
        "Write the name of the file alone: URI begins in the folder of METADATA.XML.",
    ),
)
MISSING = Rule(
    "XDM-MISSING",
    Text("L'entrée de {file} n'a pas : {names}.", "The entry of {file} has no {names}."),
    Text(
        "IHE et le CI-SIS les demandent : c'est par eux que le destinataire range le document et voit s'il est abîmé.",
        "IHE and the CI-SIS require them: the receiver uses them to file the document and to see whether it is damaged.",
    ),
    source=f"{_IHE} ; {_CISIS}",
)
SAME_ID = Rule(
    TWICE.name,
    Text("Deux objets ont le même {name} ({said}).", "Two objects have the same {name} ({said})."),
    Text("Donner à chaque document et au lot un identifiant à lui.", "Give each document and the set an identifier of its own."),
)
ASSOCIATION = Rule(
    "XDM-ASSOCIATION",
    Text("L'association désigne « {said} », qui n'est pas là.", "The association names “{said}”, which is not there."),
    Text(
        "Écrire l'id d'un objet de ces métadonnées, ou l'entryUUID (urn:uuid:...) d'un document déjà transmis.",
        "Write the id of an object of these metadata, or the entryUUID (urn:uuid:...) of a document already sent.",
    ),
    source="IHE ITI TF-3 4.2.2, Association",
)

# What an entry says as the header of its CDA does

UNIQUE_ID = Rule(
    "XDM-UNIQUE-ID",
    Text(
        "uniqueId ({said}) n'est pas l'identifiant du document ({own}).",
        "uniqueId ({said}) is not the identifier of the document ({own}).",
    ),
    Text("Reprendre dans uniqueId la racine de ClinicalDocument/id.", "Copy the root of ClinicalDocument/id to uniqueId."),
    Severity.ERROR,
    _CISIS,
)
PATIENT = Rule(
    "XDM-PATIENT",
    Text(
        "Le patient des métadonnées ({masked}) n'est pas celui du document.",
        "The patient of the metadata ({masked}) is not that of the document.",
    ),
    Text(
        "Reprendre l'INS de recordTarget : c'est un autre patient qui recevrait ce document.",
        "Take the INS of recordTarget: another patient would receive this document.",
    ),
    Severity.ERROR,
    _CISIS,
)
TYPE = Rule(
    "XDM-TYPE",
    Text(
        "typeCode ({said}) n'est pas le type du document ({own}).",
        "typeCode ({said}) is not the type of the document ({own}).",
    ),
    Text("Reprendre ClinicalDocument/code dans typeCode.", "Copy ClinicalDocument/code to typeCode."),
    Severity.ERROR,
    _CISIS,
)
LANGUAGE = Rule(
    "XDM-LANGUAGE",
    Text("La langue ({said}) n'est pas celle du document ({own}).", "The language ({said}) is not that of the document ({own})."),
    Text("Reprendre le languageCode de l'en-tête.", "Copy the languageCode of the header."),
    source=_CISIS,
)
NO_TIME = Rule(
    "XDM-TIME",
    Text("{name} ({said}) n'est pas une date en temps universel.", "{name} ({said}) is not a date in universal time."),
    _NO_DATE,
)
TIME = Rule(
    NO_TIME.name,
    Text(
        "creationTime ({said}, en temps universel) n'est pas la date du document ({own}).",
        "creationTime ({said}, universal time) is not the time of the document ({own}).",
    ),
    Text(
        "Reprendre dans creationTime ClinicalDocument/effectiveTime, ramené au temps universel.",
        "Copy ClinicalDocument/effectiveTime, converted to universal time, to creationTime.",
    ),
    source=_CISIS,
)
CLASS = Rule(
    "XDM-CLASS",
    Text("classCode ({said}) n'est pas la classe de ce type : {own}.", "classCode ({said}) is not the class of this type: {own}."),
    Text("Prendre la classe que la table ASS_X04 associe au type.", "Take the class that table ASS_X04 associates with the type."),
    source=_CISIS,
)
FORMAT = Rule(
    "XDM-FORMAT",
    Text(
        "formatCode ({said}) est celui d'un autre modèle que celui du document : {own}.",
        "formatCode ({said}) is that of another template than that of the document: {own}.",
    ),
    Text(
        "Prendre le format que la table ASS_A11 associe au templateId du document.",
        "Take the format that table ASS_A11 associates with the templateId of the document.",
    ),
    source=_CISIS,
)
TITLE = Rule(
    "XDM-TITLE",
    Text(
        "Le titre (« {said} ») n'est pas celui du document (« {own} »).",
        "The title (“{said}”) is not that of the document (“{own}”).",
    ),
    Text("Reprendre le titre de l'en-tête.", "Copy the title of the header."),
    source=_CISIS,
)
AUTHOR = Rule(
    "XDM-AUTHOR",
    Text(
        "{name} : cette personne n'a ni écrit ni signé le document, d'après les numéros RPPS.",
        "{name}: this person neither wrote nor signed the document, by the RPPS numbers.",
    ),
    Text("Reprendre author et legalAuthenticator de l'en-tête.", "Copy author and legalAuthenticator of the header."),
    source=_CISIS,
)
NO_AUTHORITY = Rule(
    AUTHOR.name,
    Text(
        "{name} : rien ne dit de quel répertoire est l'identifiant « {said} ».",
        "{name}: nothing says which registry identifier “{said}” is of.",
    ),
    Text(
        "Écrire un XCN : numéro^NOM^Prénom^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS.",
        "Write an XCN: number^NAME^First name^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS.",
    ),
    source="IHE ITI TF-3 4.2.3.1.7, XCN",
)
PATIENT_TRAITS = Rule(
    "XDM-PATIENT-TRAITS",
    Text(
        "{trait.fr} du patient : les métadonnées ne disent pas ce que dit le document.",
        "{trait.en} of the patient: the metadata do not say what the document says.",
    ),
    Text("Reprendre recordTarget dans sourcePatientInfo et patientId.", "Copy recordTarget to sourcePatientInfo and patientId."),
    source=_CISIS,
)
CONFIDENTIALITY = Rule(
    "XDM-CONFIDENTIALITY",
    Text(
        "La confidentialité ({said}) n'est pas celle du document ({own}).",
        "The confidentiality ({said}) is not that of the document ({own}).",
    ),
    Text(
        "Reprendre en premier le confidentialityCode de l'en-tête ; d'autres peuvent suivre (masquage).",
        "Write the confidentialityCode of the header first; others may follow (masking).",
    ),
    source=_CISIS,
)
NO_SERVICE_TIME = Rule("XDM-SERVICE-TIME", NO_TIME.message, _NO_DATE)
SERVICE_TIME = Rule(
    NO_SERVICE_TIME.name,
    Text("L'acte commence ({start}) après sa fin ({stop}).", "The act begins ({start}) after its end ({stop})."),
    Text("Vérifier les deux dates.", "Check both times."),
)

# The submission set

SET = Rule(
    "XDM-SET",
    Text(
        "Les métadonnées n'ont pas de lot de soumission, ou ne le classent pas comme tel.",
        "The metadata have no submission set, or do not classify it as one.",
    ),
    Text(
        f"Écrire un RegistryPackage et sa Classification, classificationNode {SUBMISSION_SET}.",
        f"Write a RegistryPackage and its Classification, classificationNode {SUBMISSION_SET}.",
    ),
)
SEVERAL_SETS = Rule(
    SET.name,
    Text("Les métadonnées ont plusieurs lots de soumission.", "The metadata have several submission sets."),
    Text("Un METADATA.XML décrit un seul lot, dans son dossier.", "One METADATA.XML describes one set, in a folder of its own."),
)
MEMBER = Rule(
    "XDM-MEMBER",
    Text(
        "Aucune association HasMember ne rattache l'entrée {entry} au lot.",
        "No HasMember association ties entry {entry} to the set.",
    ),
    Text(
        "Écrire une Association HasMember du lot (sourceObject) à l'entrée (targetObject).",
        "Write a HasMember Association from the set (sourceObject) to the entry (targetObject).",
    ),
)
SUBMISSION_PATIENT = Rule(
    "XDM-SUBMISSION-PATIENT",
    Text(
        "Le lot est celui d'un autre patient ({masked}) que ses documents.",
        "The submission set is of another patient ({masked}) than its documents.",
    ),
    Text(
        "Écrire le même patientId dans le lot et dans les entrées.",
        "Write the same patientId in the submission set and in the entries.",
    ),
)
SET_MISSING = Rule(
    MISSING.name,
    Text("Le lot n'a pas : {names}.", "The submission set has no {names}."),
    Text(
        "IHE et le CI-SIS les demandent : ils disent qui envoie, de quel système, quand, et de quel patient.",
        "IHE and the CI-SIS require them: they say who sends, from what system, when, and of what patient.",
    ),
    source=f"{_IHE} ; {_CISIS}",
)
