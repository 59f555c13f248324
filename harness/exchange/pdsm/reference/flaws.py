"""Duties that the reference endpoint can be told to break, one a name, so that a scenario is seen to fail where it should."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model import Text
from harness.values import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """ignores: rules of `receiving` that the flawed endpoint does not check."""

    text: Text
    ignores: frozenset[str] = frozenset()


def _ignoring(fr: str, en: str, *rules: str) -> Flaw:
    return Flaw(Text(fr, en), frozenset(rules))


DETAILED: Mapping[str, Flaw] = {
    # ITI-65: what must be refused
    "accepts-wrong-hash": _ignoring("n'examine pas le hash annoncé", "does not check the hash announced", "PDSM-HASH"),
    "accepts-wrong-size": _ignoring("n'examine pas la taille annoncée", "does not check the size announced", "PDSM-SIZE"),
    "accepts-missing-master-identifier": _ignoring(
        "accepte une fiche sans identifiant unique", "accepts a DocumentReference without a unique id", "PDSM-UNIQUE-ID"
    ),
    "accepts-incomplete-metadata": _ignoring(
        "accepte une fiche à laquelle manquent des métadonnées",
        "accepts a DocumentReference that lacks metadata",
        "PDSM-CARDINALITY",
    ),
    "accepts-missing-binary": _ignoring(
        "accepte une fiche dont le document n'est pas dans le message",
        "accepts a DocumentReference whose document is not there",
        "PDSM-BINARY",
    ),
    "accepts-missing-submission-set": _ignoring(
        "accepte un message sans lot de soumission", "accepts a message without submission set", "PDSM-SET"
    ),
    "accepts-missing-document-reference": _ignoring(
        "accepte un lot sans fiche", "accepts a set without DocumentReference", "PDSM-REFERENCE", "PDSM-ITEM"
    ),
    "accepts-wrong-bundle-type": _ignoring(
        "accepte un Bundle qui n'est pas une transaction", "accepts a Bundle that is not a transaction", "PDSM-TYPE"
    ),
    "accepts-invalid-fhir": _ignoring("ne valide pas les ressources", "does not validate the resources", "PDSM-FHIR", "PDSM-ENTRY"),
    "accepts-dangling-references": _ignoring(
        "ne suit pas les références internes", "does not follow inner references", "PDSM-LINK", "PDSM-ITEM"
    ),
    "accepts-duplicate-unique-id": _ignoring(
        "accepte deux fois le même identifiant unique", "accepts a unique id twice", "PDSM-DUPLICATE"
    ),
    "accepts-wrong-content-type": Flaw(Text("lit du FHIR dans n'importe quel type de média", "reads FHIR in any media type")),
    "answers-200-to-bad-json": Flaw(Text("répond 200 à un corps illisible", "answers 200 to a body that cannot be read")),
    "not-atomic": Flaw(Text("garde les bonnes entrées d'un message refusé", "keeps the good entries of a message it refused")),
    # how a refusal is said
    "500-on-refusal": Flaw(Text("refuse par une erreur 500", "refuses with an error 500")),
    "no-outcome": Flaw(Text("refuse sans OperationOutcome", "refuses without an OperationOutcome")),
    # ITI-65: how success is said, and what follows
    "wrong-order": Flaw(Text("répond dans un autre ordre que la demande", "answers in another order than the request")),
    "no-location": Flaw(Text("ne dit pas où sont les ressources créées", "does not say where what it created is")),
    "dead-location": Flaw(Text("donne pour le document une adresse inconnue", "gives an unknown address for the document")),
    "missing-entry": Flaw(Text("ne répond pas de la dernière entrée", "does not answer for the last entry")),
    "loses-documents": Flaw(Text("accepte et ne garde rien", "accepts and keeps nothing")),
    "files-elsewhere": Flaw(Text("range une fiche sous un autre patient", "files a DocumentReference under another patient")),
    "duplicates": Flaw(Text("garde chaque fiche deux fois", "keeps each DocumentReference twice")),
    "keeps-replaced-current": Flaw(Text("laisse courante une fiche remplacée", "leaves a replaced DocumentReference current")),
    "invalid-response": Flaw(Text("répond à un lot par du FHIR invalide", "answers a submission with FHIR that is not valid")),
    "keeps-message-links": Flaw(Text("garde les liens internes du message", "keeps the inner links of the message")),
    "xml-refused": Flaw(Text("ne sait lire que JSON", "reads JSON only")),
    # ITI-66 and ITI-67
    "post-search-missing": Flaw(Text("ne sait pas chercher par POST", "cannot search by POST")),
    "get-search-missing": Flaw(Text("ne sait pas chercher par GET", "cannot search by GET")),
    "ignores-patient": Flaw(Text("rend aussi les documents d'autres patients", "returns documents of other patients too")),
    "ignores-system": Flaw(
        Text(
            "cherche le patient sans regarder le système de son identifiant",
            "searches the patient without looking at the system of the identifier",
        )
    ),
    "ignores-status": Flaw(Text("rend aussi les fiches d'un autre statut", "returns DocumentReferences of another status too")),
    "ignores-type": Flaw(Text("ne filtre pas sur le type", "does not filter on the type")),
    "ignores-code": Flaw(Text("ne filtre pas les lots sur leur code", "does not filter sets on their code")),
    "no-capabilities": Flaw(Text("ne dit pas ce qu'il sait faire", "does not say what it can do")),
    "says-another-version": Flaw(Text("se dit d'une autre version de FHIR", "says that it is of another version of FHIR")),
    "says-less": Flaw(Text("ne dit pas tout ce qu'il sait faire", "does not say all that it can do")),
    "ignores-criteria": Flaw(
        Text(
            "ne filtre que sur le patient, le statut, le type et l'identifiant",
            "filters on patient, status, type and identifier only",
        )
    ),
    "wrong-total": Flaw(Text("se trompe sur le total", "is wrong about the total")),
    "no-total": Flaw(Text("ne donne pas le total", "gives no total")),
    "lists-missing": Flaw(Text("ne retrouve aucun lot de soumission", "finds no submission set")),
    "accepts-unknown-parameter": Flaw(
        Text("ignore un paramètre inconnu malgré handling=strict", "ignores an unknown parameter in spite of handling=strict")
    ),
    "404-on-empty-search": Flaw(Text("répond 404 à une recherche sans résultat", "answers 404 to a search without result")),
    "loses-metadata": Flaw(
        Text("rend des fiches sans leur classe ni leur format", "returns DocumentReferences without class and format")
    ),
    "invalid-resources": Flaw(Text("rend du FHIR invalide", "returns FHIR that is not valid")),
    "leaves-profile": Flaw(Text("rend des ressources hors de leur profil", "returns resources that do not follow their profile")),
    "changes-metadata": Flaw(Text("décale les dates des fiches", "shifts the times of DocumentReferences")),
    "loses-relations": Flaw(Text("rend des fiches sans relatesTo", "returns DocumentReferences without relatesTo")),
    "loses-hash": Flaw(Text("rend des fiches sans hash", "returns DocumentReferences without hash")),
    "keeps-document-inside": Flaw(
        Text("laisse dans sa fiche un document publié seul", "leaves a document published alone in its DocumentReference too")
    ),
    "empties-sets": Flaw(Text("rend des lots sans leurs fiches", "returns submission sets without their DocumentReferences")),
    "shortens-sets": Flaw(
        Text("rend des lots avec leur première fiche seule", "returns submission sets with their first DocumentReference only")
    ),
    "loses-set-metadata": Flaw(Text("rend des lots sans leurs extensions", "returns submission sets without their extensions")),
    "changes-set-metadata": Flaw(
        Text("rend des lots d'un autre système émetteur", "returns submission sets of another sending system")
    ),
    "changes-subject": Flaw(
        Text(
            "rend des fiches sous le matricule d'un autre patient",
            "returns DocumentReferences under the matricule of another patient",
        )
    ),
    "names-subject-only": Flaw(
        Text("rend des ressources dont le patient n'est plus qu'un texte", "returns resources whose patient is a mere text")
    ),
    "changes-codes": Flaw(Text("change la confidentialité des fiches", "changes the confidentiality of DocumentReferences")),
    "no-full-url": Flaw(Text("ne dit pas l'adresse des fiches (fullUrl)", "does not say where DocumentReferences are (fullUrl)")),
    "bare-self-link": Flaw(
        Text("ne dit pas dans son lien self ce qui a été cherché", "does not say in its self link what was searched")
    ),
    "finds-late": Flaw(Text("ne trouve qu'après un instant ce qui a été déposé", "finds only after a while what was submitted")),
    "bad-next-link": Flaw(Text("donne une page suivante qui n'est pas une URL", "names a next page that is not a URL")),
    "no-next-link": Flaw(Text("ne dit pas où est la page suivante", "does not say where the next page is")),
    "total-of-the-page": Flaw(Text("donne pour total celui de la page", "gives the total of the page as that of all")),
    "post-ignores-criteria": Flaw(Text("ne filtre pas une recherche par POST", "does not filter a search by POST")),
    "reads-another-id": Flaw(Text("rend à la lecture un autre id", "returns another id when it is read")),
    "json-after-a-mark": Flaw(Text("met une marque d'ordre devant le JSON", "puts a byte order mark before JSON")),
    "fhir-in-latin": Flaw(Text("dit le FHIR en iso-8859-1", "says that FHIR is iso-8859-1")),
    "plain-json": Flaw(Text("répond en application/json", "answers as application/json")),
    # ITI-68
    "alters-bytes": Flaw(Text("rend d'autres octets que ceux reçus", "serves other bytes than it received")),
    "wrong-media-type": Flaw(Text("rend le document sous un autre type de média", "serves the document under another media type")),
    "wrong-charset": Flaw(
        Text("annonce le document dans un autre jeu de caractères", "says that the document is in another charset")
    ),
    "ignores-accept": Flaw(Text("rend un type de média qu'on ne demande pas", "serves a media type that was not asked for")),
    "loses-bytes": Flaw(Text("ne retrouve pas le document d'une fiche", "cannot find the document of a DocumentReference")),
    "200-on-unknown-document": Flaw(Text("répond 200 pour un document inconnu", "answers 200 for an unknown document")),
    # metadata update
    "patches-nothing": Flaw(Text("accepte une mise à jour et n'en fait rien", "accepts an update and does nothing with it")),
    "patches-anything": Flaw(Text("laisse modifier le type d'une fiche", "lets the type of a DocumentReference be changed")),
    "patches-unknown": Flaw(
        Text("accepte la mise à jour d'une fiche inconnue", "accepts the update of a DocumentReference that is unknown")
    ),
    "refuses-updates": Flaw(Text("refuse toute mise à jour", "refuses every update")),
    "patches-the-rest": Flaw(
        Text("fait d'une mise à jour interdite ce qui en est permis", "does what is allowed of an update that is forbidden")
    ),
    "overlooks-if-match": Flaw(
        Text("met à jour une autre version que celle nommée (If-Match)", "updates another version than the one named (If-Match)")
    ),
    "no-etag": Flaw(Text("ne dit pas la version d'une ressource (ETag)", "does not say the version of a resource (ETag)")),
    # on the wire, in answer to a search
    "slow": Flaw(Text("répond octet par octet", "answers byte by byte")),
    "endless": Flaw(Text("ne finit jamais sa réponse", "never ends its answer")),
    "huge": Flaw(Text("répond sans limite de taille", "answers without size limit")),
    "truncated": Flaw(Text("coupe sa réponse au milieu", "cuts its answer half-way")),
    "not-fhir": Flaw(Text("répond du HTML", "answers HTML")),
    "bad-json": Flaw(Text("répond du JSON mal formé", "answers malformed JSON")),
    "redirects-elsewhere": Flaw(Text("redirige vers un autre serveur", "redirects to another server")),
}

FLAWS: Mapping[str, Text] = {name: flaw.text for name, flaw in DETAILED.items()}
