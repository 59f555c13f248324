"""Duties that the reference endpoint can be told to break, one a name, so that a scenario is seen to fail where it should."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model import Text

FLAWS: Mapping[str, Text] = {
    # ITI-65: what must be refused
    "accepts-wrong-hash": Text("n'examine pas le hash annoncé", "does not check the hash announced"),
    "accepts-wrong-size": Text("n'examine pas la taille annoncée", "does not check the size announced"),
    "accepts-missing-master-identifier": Text(
        "accepte une fiche sans identifiant unique", "accepts a DocumentReference without a unique id"
    ),
    "accepts-incomplete-metadata": Text(
        "accepte une fiche à laquelle manquent des métadonnées",
        "accepts a DocumentReference that lacks metadata",
    ),
    "accepts-missing-binary": Text(
        "accepte une fiche dont le document n'est pas dans le message",
        "accepts a DocumentReference whose document is not there",
    ),
    "accepts-missing-submission-set": Text("accepte un message sans lot de soumission", "accepts a message without submission set"),
    "accepts-missing-document-reference": Text("accepte un lot sans fiche", "accepts a set without DocumentReference"),
    "accepts-wrong-bundle-type": Text(
        "accepte un Bundle qui n'est pas une transaction", "accepts a Bundle that is not a transaction"
    ),
    "accepts-invalid-fhir": Text("ne valide pas les ressources", "does not validate the resources"),
    "accepts-dangling-references": Text("ne suit pas les références internes", "does not follow inner references"),
    "accepts-duplicate-unique-id": Text("accepte deux fois le même identifiant unique", "accepts a unique id twice"),
    "accepts-wrong-content-type": Text("lit du FHIR dans n'importe quel type de média", "reads FHIR in any media type"),
    "answers-200-to-bad-json": Text("répond 200 à un corps illisible", "answers 200 to a body that cannot be read"),
    "not-atomic": Text("garde les bonnes entrées d'un message refusé", "keeps the good entries of a message it refused"),
    # how a refusal is said
    "500-on-refusal": Text("refuse par une erreur 500", "refuses with an error 500"),
    "no-outcome": Text("refuse sans OperationOutcome", "refuses without an OperationOutcome"),
    # ITI-65: how success is said, and what follows
    "wrong-order": Text("répond dans un autre ordre que la demande", "answers in another order than the request"),
    "no-location": Text("ne dit pas où sont les ressources créées", "does not say where what it created is"),
    "dead-location": Text("donne pour le document une adresse inconnue", "gives an unknown address for the document"),
    "missing-entry": Text("ne répond pas de la dernière entrée", "does not answer for the last entry"),
    "loses-documents": Text("accepte et ne garde rien", "accepts and keeps nothing"),
    "files-elsewhere": Text("range une fiche sous un autre patient", "files a DocumentReference under another patient"),
    "duplicates": Text("garde chaque fiche deux fois", "keeps each DocumentReference twice"),
    "keeps-replaced-current": Text("laisse courante une fiche remplacée", "leaves a replaced DocumentReference current"),
    "invalid-response": Text("répond à un lot par du FHIR invalide", "answers a submission with FHIR that is not valid"),
    "keeps-message-links": Text("garde les liens internes du message", "keeps the inner links of the message"),
    "xml-refused": Text("ne sait lire que JSON", "reads JSON only"),
    # ITI-66 and ITI-67
    "post-search-missing": Text("ne sait pas chercher par POST", "cannot search by POST"),
    "get-search-missing": Text("ne sait pas chercher par GET", "cannot search by GET"),
    "ignores-patient": Text("rend aussi les documents d'autres patients", "returns documents of other patients too"),
    "ignores-system": Text(
        "cherche le patient sans regarder le système de son identifiant",
        "searches the patient without looking at the system of the identifier",
    ),
    "ignores-status": Text("rend aussi les fiches d'un autre statut", "returns DocumentReferences of another status too"),
    "ignores-type": Text("ne filtre pas sur le type", "does not filter on the type"),
    "ignores-code": Text("ne filtre pas les lots sur leur code", "does not filter sets on their code"),
    "no-capabilities": Text("ne dit pas ce qu'il sait faire", "does not say what it can do"),
    "says-another-version": Text("se dit d'une autre version de FHIR", "says that it is of another version of FHIR"),
    "says-less": Text("ne dit pas tout ce qu'il sait faire", "does not say all that it can do"),
    "ignores-criteria": Text(
        "ne filtre que sur le patient, le statut, le type et l'identifiant",
        "filters on patient, status, type and identifier only",
    ),
    "wrong-total": Text("se trompe sur le total", "is wrong about the total"),
    "no-total": Text("ne donne pas le total", "gives no total"),
    "lists-missing": Text("ne retrouve aucun lot de soumission", "finds no submission set"),
    "accepts-unknown-parameter": Text(
        "ignore un paramètre inconnu malgré handling=strict", "ignores an unknown parameter in spite of handling=strict"
    ),
    "404-on-empty-search": Text("répond 404 à une recherche sans résultat", "answers 404 to a search without result"),
    "loses-metadata": Text(
        "rend des fiches sans leur classe ni leur format", "returns DocumentReferences without class and format"
    ),
    "invalid-resources": Text("rend du FHIR invalide", "returns FHIR that is not valid"),
    "leaves-profile": Text("rend des ressources hors de leur profil", "returns resources that do not follow their profile"),
    "changes-metadata": Text("décale les dates des fiches", "shifts the times of DocumentReferences"),
    "loses-relations": Text("rend des fiches sans relatesTo", "returns DocumentReferences without relatesTo"),
    "loses-hash": Text("rend des fiches sans hash", "returns DocumentReferences without hash"),
    "keeps-document-inside": Text(
        "laisse dans sa fiche un document publié seul", "leaves a document published alone in its DocumentReference too"
    ),
    "empties-sets": Text("rend des lots sans leurs fiches", "returns submission sets without their DocumentReferences"),
    "shortens-sets": Text(
        "rend des lots avec leur première fiche seule", "returns submission sets with their first DocumentReference only"
    ),
    "loses-set-metadata": Text("rend des lots sans leurs extensions", "returns submission sets without their extensions"),
    "changes-set-metadata": Text("rend des lots d'un autre système émetteur", "returns submission sets of another sending system"),
    "changes-subject": Text(
        "rend des fiches sous le matricule d'un autre patient",
        "returns DocumentReferences under the matricule of another patient",
    ),
    "names-subject-only": Text(
        "rend des ressources dont le patient n'est plus qu'un texte", "returns resources whose patient is a mere text"
    ),
    "changes-codes": Text("change la confidentialité des fiches", "changes the confidentiality of DocumentReferences"),
    "no-full-url": Text("ne dit pas l'adresse des fiches (fullUrl)", "does not say where DocumentReferences are (fullUrl)"),
    "bare-self-link": Text("ne dit pas dans son lien self ce qui a été cherché", "does not say in its self link what was searched"),
    "finds-late": Text("ne trouve qu'après un instant ce qui a été déposé", "finds only after a while what was submitted"),
    "bad-next-link": Text("donne une page suivante qui n'est pas une URL", "names a next page that is not a URL"),
    "no-next-link": Text("ne dit pas où est la page suivante", "does not say where the next page is"),
    "total-of-the-page": Text("donne pour total celui de la page", "gives the total of the page as that of all"),
    "post-ignores-criteria": Text("ne filtre pas une recherche par POST", "does not filter a search by POST"),
    "reads-another-id": Text("rend à la lecture un autre id", "returns another id when it is read"),
    "json-after-a-mark": Text("met une marque d'ordre devant le JSON", "puts a byte order mark before JSON"),
    "fhir-in-latin": Text("dit le FHIR en iso-8859-1", "says that FHIR is iso-8859-1"),
    "plain-json": Text("répond en application/json", "answers as application/json"),
    # ITI-68
    "alters-bytes": Text("rend d'autres octets que ceux reçus", "serves other bytes than it received"),
    "wrong-media-type": Text("rend le document sous un autre type de média", "serves the document under another media type"),
    "wrong-charset": Text("annonce le document dans un autre jeu de caractères", "says that the document is in another charset"),
    "ignores-accept": Text("rend un type de média qu'on ne demande pas", "serves a media type that was not asked for"),
    "loses-bytes": Text("ne retrouve pas le document d'une fiche", "cannot find the document of a DocumentReference"),
    "200-on-unknown-document": Text("répond 200 pour un document inconnu", "answers 200 for an unknown document"),
    # metadata update
    "patches-nothing": Text("accepte une mise à jour et n'en fait rien", "accepts an update and does nothing with it"),
    "patches-anything": Text("laisse modifier le type d'une fiche", "lets the type of a DocumentReference be changed"),
    "patches-unknown": Text(
        "accepte la mise à jour d'une fiche inconnue", "accepts the update of a DocumentReference that is unknown"
    ),
    "refuses-updates": Text("refuse toute mise à jour", "refuses every update"),
    "patches-the-rest": Text(
        "fait d'une mise à jour interdite ce qui en est permis", "does what is allowed of an update that is forbidden"
    ),
    "overlooks-if-match": Text(
        "met à jour une autre version que celle nommée (If-Match)", "updates another version than the one named (If-Match)"
    ),
    "no-etag": Text("ne dit pas la version d'une ressource (ETag)", "does not say the version of a resource (ETag)"),
    # on the wire, in answer to a search
    "slow": Text("répond octet par octet", "answers byte by byte"),
    "endless": Text("ne finit jamais sa réponse", "never ends its answer"),
    "huge": Text("répond sans limite de taille", "answers without size limit"),
    "truncated": Text("coupe sa réponse au milieu", "cuts its answer half-way"),
    "not-fhir": Text("répond du HTML", "answers HTML"),
    "bad-json": Text("répond du JSON mal formé", "answers malformed JSON"),
    "redirects-elsewhere": Text("redirige vers un autre serveur", "redirects to another server"),
}

IGNORED: Mapping[str, tuple[str, ...]] = {
    "accepts-wrong-hash": ("PDSM-HASH",),
    "accepts-wrong-size": ("PDSM-SIZE",),
    "accepts-missing-master-identifier": ("PDSM-UNIQUE-ID",),
    "accepts-incomplete-metadata": ("PDSM-CARDINALITY",),
    "accepts-missing-binary": ("PDSM-BINARY",),
    "accepts-missing-submission-set": ("PDSM-SET",),
    "accepts-missing-document-reference": ("PDSM-ITEM", "PDSM-REFERENCE"),
    "accepts-wrong-bundle-type": ("PDSM-TYPE",),
    "accepts-invalid-fhir": ("PDSM-ENTRY", "PDSM-FHIR"),
    "accepts-dangling-references": ("PDSM-ITEM", "PDSM-LINK"),
    "accepts-duplicate-unique-id": ("PDSM-DUPLICATE",),
}
"""The rules of `receiving` that a flawed endpoint does not check."""
