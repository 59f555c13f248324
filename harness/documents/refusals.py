"""What to tell a person whose document cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import UnreadableDocument
from ..model import NO_TEXT, Text

if TYPE_CHECKING:
    from lxml import etree

_DOCTYPE = re.compile(rb"<!DOCTYPE|<\0!\0D\0O\0C\0T\0Y\0P\0E|\0<\0!\0D\0O\0C\0T\0Y\0P\0E", re.IGNORECASE)
_NOT_WIDE = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["'](UTF-?16|UTF-?32|UCS-?[24])""", re.IGNORECASE)
_ESCAPE = Text("Écrire &amp; pour & et &lt; pour <.", "Write &amp; for & and &lt; for <.")
_CUT = Text("Le fichier est-il complet ? Le réexporter.", "Is the file complete? Export it again.")
_ENCODING = Text(
    "Enregistrer le fichier dans l'encodage que sa première ligne annonce (UTF-8 de préférence).",
    "Save the file in the encoding that its first line announces (preferably UTF-8).",
)

_QUOTES = Text("Écrire la valeur entre guillemets.", "Write the value between quotes.")

# libxml2 error code -> (message, hint)
_BY_CODE: dict[int, tuple[Text, Text]] = {
    4: (Text("ce n'est pas du XML : aucun élément", "not XML: no element"), _CUT),
    5: (
        Text("du contenu suit la fin du document", "content follows the end of the document"),
        Text("Ne garder qu'un élément racine.", "Keep one root element."),
    ),
    9: (
        Text("caractère interdit en XML", "a character that XML forbids"),
        Text("Retirer les caractères de contrôle.", "Remove control characters."),
    ),
    23: (Text("le signe & n'est pas échappé", "the sign & is not escaped"), _ESCAPE),
    26: (
        Text("entité inconnue", "unknown entity"),
        Text("Écrire le caractère lui-même (aucune entité n'est définie).", "Write the character itself (no entity is defined)."),
    ),
    32: (Text("encodage inconnu", "unknown encoding"), _ENCODING),
    38: (Text("le signe < n'est pas échappé dans un attribut", "the sign < is not escaped in an attribute"), _ESCAPE),
    39: (Text("la valeur d'un attribut n'est pas entre guillemets", "the value of an attribute is not between quotes"), _QUOTES),
    40: (Text("la valeur d'un attribut n'est pas fermée", "the value of an attribute is not closed"), _CUT),
    41: (Text("un attribut n'a pas de valeur", "an attribute has no value"), _QUOTES),
    42: (Text("un attribut est écrit deux fois", "an attribute is written twice"), Text("N'en garder qu'un.", "Keep one of them.")),
    45: (Text("un commentaire n'est pas fermé", "a comment is not closed"), _CUT),
    47: (Text("une instruction de traitement n'est pas fermée", "a processing instruction is not closed"), _CUT),
    62: (Text("]]> en dehors d'une section CDATA", "]]> outside a CDATA section"), Text("Écrire ]]&gt;.", "Write ]]&gt;.")),
    63: (Text("une section CDATA n'est pas fermée", "a CDATA section is not closed"), _CUT),
    64: (
        Text("la déclaration <?xml …?> n'est pas au tout début", "the <?xml …?> declaration is not at the very start"),
        Text("Retirer ce qui la précède.", "Remove what comes before it."),
    ),
    65: (
        Text("une espace manque entre deux attributs", "a space is missing between two attributes"),
        Text("Les séparer par une espace.", "Separate them by a space."),
    ),
    68: (Text("nom d'élément ou d'attribut mal formé", "a name of element or attribute is malformed"), _ESCAPE),
    73: (Text("une balise n'est pas fermée", "a tag is not closed"), _CUT),
    76: (Text("une balise fermante ne répond pas à l'ouvrante", "a closing tag does not answer the opening one"), NO_TEXT),
    77: (Text("le document s'arrête avant sa fin", "the document stops before its end"), _CUT),
    80: (Text("-- dans un commentaire", "-- in a comment"), Text("Retirer l'un des tirets.", "Remove one of the hyphens.")),
    81: (Text("les octets ne suivent pas l'encodage annoncé", "the bytes do not follow the encoding announced"), _ENCODING),
    114: (
        Text("imbrication ou expansion démesurée", "excessive nesting or expansion"),
        Text("Un document CDA n'a pas besoin d'une telle profondeur.", "A CDA document needs no such depth."),
    ),
    201: (
        Text("un préfixe d'espace de noms n'est pas déclaré", "a namespace prefix is not declared"),
        Text("Ajouter sa déclaration xmlns.", "Add its xmlns declaration."),
    ),
}

# The same where libxml2 names what is wrong: what to look for in its English, and the sentence for that.
_NAMED: dict[int, tuple[re.Pattern[str], Text]] = {
    9: (re.compile(r"value (\d+)"), Text("caractère interdit en XML (numéro {0})", "a character that XML forbids (number {0})")),
    26: (re.compile(r"Entity '(.+)'"), Text("entité inconnue : &{0};", "unknown entity: &{0};")),
    32: (re.compile(r"encoding:? (\S+)"), Text("encodage inconnu : {0}", "unknown encoding: {0}")),
    41: (re.compile(r"attribute (\S+)"), Text("l'attribut {0} n'a pas de valeur", "the attribute {0} has no value")),
    42: (re.compile(r"Attribute (\S+)"), Text("l'attribut {0} est écrit deux fois", "the attribute {0} is written twice")),
    76: (
        re.compile(r"mismatch: (\S+) line (\d+) and (\S+)"),
        Text(
            "la balise fermante </{2}> ne peut fermer <{0}>, qui est ouvert ligne {1}",
            "the closing tag </{2}> cannot close <{0}>, which opens on line {1}",
        ),
    ),
    77: (
        re.compile(r"in tag (\S+) line (\d+)"),
        Text(
            "le document s'arrête avant sa fin : <{0}>, ouvert ligne {1}, n'est pas fermé",
            "the document stops before its end: <{0}>, which opens on line {1}, is not closed",
        ),
    ),
    201: (
        re.compile(r"prefix (\S+)"),
        Text("le préfixe d'espace de noms {0} n'est pas déclaré", "the namespace prefix {0} is not declared"),
    ),
}
_ADVICE = re.compile(r",? *(?:use|try) XML_PARSE_HUGE(?: option)?")  # to who programs with libxml2


def malformed(error: etree.XMLSyntaxError, data: bytes) -> UnreadableDocument:
    """The refusal of a document that the XML parser could not read."""
    line, column = error.position
    if _DOCTYPE.search(data) is not None:
        return doctype(data)
    if wide := _NOT_WIDE.match(data):
        return _not_wide(wide[1].decode().upper())
    said = " ".join(_ADVICE.sub("", re.sub(r", line \d+, column \d+\s*$", "", error.msg or "")).split())
    unknown = Text(f"XML mal formé ({said})", f"malformed XML ({said})")
    message, hint = _BY_CODE.get(error.code, (unknown, NO_TEXT))  # type: ignore[attr-defined]
    if (named := _NAMED.get(error.code)) and (found := named[0].search(said)):  # type: ignore[attr-defined]
        message = named[1].filled(*found.groups())
    return UnreadableDocument(message, hint, line, column)


def _not_wide(announced: str) -> UnreadableDocument:
    """Of bytes that announce two or four of them a character, and are one: as an export that was saved again leaves them."""
    message = Text(
        f"la première ligne annonce {announced}, et les octets n'en sont pas",
        f"the first line announces {announced}, which the bytes are not",
    )
    return UnreadableDocument(message, Text('Y écrire encoding="UTF-8".', 'Write encoding="UTF-8" there.'), 1, 1)


def doctype(data: bytes) -> UnreadableDocument:
    """The refusal of any document type declaration, whatever it declares."""
    found = _DOCTYPE.search(data)
    line = data.count(b"\n", 0, found.start()) + 1 if found else 0
    return UnreadableDocument(
        Text(
            "une déclaration <!DOCTYPE> est refusée : ni un document CDA ni une ressource FHIR n'en a",
            "a <!DOCTYPE> is refused: neither a CDA document nor a FHIR resource has one",
        ),
        Text("Retirer la déclaration <!DOCTYPE> et ses entités.", "Remove the <!DOCTYPE> declaration and its entities."),
        line,
        1 if found else 0,
    )


def no_metadata() -> UnreadableDocument:
    """IHE ITI TF-2 3.32.4.1.2."""
    return UnreadableDocument(
        Text("archive XDM sans METADATA.XML", "XDM archive without METADATA.XML"),
        Text(
            "Dans chaque dossier de IHE_XDM, METADATA.XML décrit les documents : sans lui ils ne peuvent être rangés.",
            "In each folder of IHE_XDM, METADATA.XML describes the documents: without it they cannot be filed.",
        ),
    )


def empty() -> UnreadableDocument:
    return UnreadableDocument(Text("le fichier est vide", "the file is empty"), Text("Le réexporter.", "Export it again."))


def too_large(size: int, limit: int) -> UnreadableDocument:
    """size: in bytes; of what is read to one byte past the limit (a pipe), only that it is beyond is known."""
    most, found = f"{limit / 1e6:.0f}", f"{size / 1e6:.0f}"
    in_french = f"plus de {most} Mo" if found == most else f"{found} Mo, la limite est {most} Mo"
    in_english = f"more than {most} MB" if found == most else f"{found} MB, the limit is {most} MB"
    return UnreadableDocument(Text(f"fichier trop grand : {in_french}", f"file too large: {in_english}"))


def too_many_tags(limit: int) -> UnreadableDocument:
    hint = Text("Partager le document : aucun volet n'en demande autant.", "Divide the document: no volet asks for as many.")
    return UnreadableDocument(Text(f"plus de {limit} balises", f"more than {limit} tags"), hint)


def too_many_attributes(limit: int, line: int) -> UnreadableDocument:
    message = Text(f"plus de {limit} attributs sur une balise", f"more than {limit} attributes on one tag")
    hint = Text("Un élément CDA en porte une dizaine au plus.", "A CDA element carries ten or so at most.")
    return UnreadableDocument(message, hint, line)


def too_deep(limit: int, line: int) -> UnreadableDocument:
    message = Text(f"plus de {limit} éléments imbriqués", f"more than {limit} nested elements")
    return UnreadableDocument(message, _BY_CODE[114][1], line)


def gzipped() -> UnreadableDocument:
    return UnreadableDocument(
        Text("archive gzip : elle n'est pas ouverte ici", "gzip archive: it is not opened here"),
        Text(
            "Un paquet FHIR s'ajoute par `harness packages add` ; des documents se donnent en fichiers ou en ZIP.",
            "A FHIR package is added by `harness packages add`; documents are given as files or in a ZIP.",
        ),
    )


def not_recognised(found: Text, line: int = 0, column: int = 0) -> UnreadableDocument:
    return UnreadableDocument(
        Text(f"document non reconnu : {found.fr}", f"document not recognised: {found.en}"),
        Text(
            "Sont jugés les documents CDA (racine ClinicalDocument de urn:hl7-org:v3), seuls, dans un XSLT ou dans une archive, "
            "et les ressources FHIR (JSON avec resourceType, ou XML de http://hl7.org/fhir).",
            "CDA documents are judged (root ClinicalDocument of urn:hl7-org:v3), alone, in an XSLT or in a ZIP archive, "
            "and FHIR resources (JSON with resourceType, or XML of http://hl7.org/fhir).",
        ),
        line,
        column,
    )


def wide_json(encoding: str) -> UnreadableDocument:
    """JSON in an encoding of several bytes a character."""
    name = encoding[:6].upper()
    return UnreadableDocument(
        Text(f"JSON écrit en {name}", f"JSON written in {name}"),
        Text("Enregistrer le fichier en UTF-8 : FHIR n'admet que lui.", "Save the file as UTF-8: FHIR admits nothing else."),
        1,
        1,
    )
