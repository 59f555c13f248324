"""Rare but conformant titles, columns, units, copies, matricules: rules keep silent, and still speak of the fault beside them."""

from __future__ import annotations

import pytest
from cda_examples import Examples
from lxml import etree
from oddities import added

from cda_edits import NS, Edit

VSM, LETTER, URGENT, LABORATORY = "VSM_1.4_2022.01", "LDL-EES_2022.01", "DLU-EHPAD-DLU_2022.01", "BIO-CR-BIO_2024.01_TSH_2"
NIR, NIA = "279035121518989", "779035121518933"
PROBLEM = """<entry><act><entryRelationship><observation><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.5'/>
  <text><reference value='{}'/></text><value xsi:type='CD' code='X' codeSystem='1.2' displayName='{}'/></observation>
  </entryRelationship></act></entry>"""


def titled(title: str) -> Edit:
    def write(root: etree._Element) -> None:
        root.xpath("c:title", namespaces=NS)[0].text = title

    return write


def known_as(*identifiers: tuple[str, str]) -> Edit:
    """The INS of the patient is under this authority, with this matricule."""

    def write(root: etree._Element) -> None:
        for place, (arc, matricule) in enumerate(identifiers):
            known = root.xpath("c:recordTarget/c:patientRole/c:id", namespaces=NS)[place]
            known.attrib.update({"root": f"1.2.250.1.213.1.4.{arc}", "extension": matricule})

    return write


def sided(heads: str, row: str, label: str, of: str = "#seen") -> Edit:
    """An observation of a side cites a cell. heads, row: cells, apart by a bar; the cited one begins with a star."""
    cells = "".join(f"<td ID='seen'>{one[1:]}</td>" if one[:1] == "*" else f"<td>{one}</td>" for one in row.split("|"))
    top = "".join(f"<th>{one}</th>" for one in heads.split("|")) if heads else ""
    return added(
        f"<text><table><thead><tr>{top}</tr></thead><tbody><tr>{cells}</tr></tbody></table></text>"
        f"<entry><observation><code code='1'/><text><reference value='{of}'/></text>"
        f"<targetSiteCode code='2' displayName='{label}'/></observation></entry>"
    )


def measured(value: str, unit: str, interpretation: str, low: str, high: str, of: str, more: str = "") -> Edit:
    bounds = "".join(f"<{tag} value='{one}' unit='{of}'/>" for tag, one in (("low", low), ("high", high)) if one)
    interval = f"<value xsi:type='IVL_PQ'>{bounds}</value>" if bounds else "<text>sans borne</text>"
    return added(
        f"<entry><observation><value xsi:type='PQ' value='{value}' unit='{unit}'/><interpretationCode code='{interpretation}' "
        f"codeSystem='2.16.840.1.113883.5.83'/><referenceRange><observationRange>{interval}</observationRange></referenceRange>{more}"
        "</observation></entry>"
    )


def listed(cells: str, *problems: tuple[str, str]) -> Edit:
    """cells: rows apart by `/`, of cells apart by `|`, each an identifier and its text."""
    rows = "".join(
        "<tr>" + "".join("<td ID='{}'>{}</td>".format(*cell.split("=")) for cell in row.split("|")) + "</tr>"
        for row in cells.split("/")
    )
    return added(f"<text><table><tbody>{rows}</tbody></table></text>", *(PROBLEM.format(*one) for one in problems))


SECOND = """<referenceRange><observationRange><value xsi:type='IVL_PQ'><low value='1' unit='g/L'/></value></observationRange>
  </referenceRange>"""
STROKE, ANGINA = ("#p1", "Accident ischémique cérébral transitoire"), ("#p1", "Angine de poitrine instable")

CONFORMANT: dict[str, tuple[str, str, list[Edit]]] = {
    "titles of a summary": (
        "TYPE-TITLE",
        VSM,
        [
            titled(title)
            for title in (
                "Synthèse médicale", "VSM", "Volet médical de synthèse", "Synthèse", "Résumé patient", "Dossier médical résumé",
                "Lettre de liaison et synthèse médicale", "Compte rendu de synthèse", "Compte rendu d'examen de synthèse",
                "Fiche de liaison", "Dossier de synthèse", "Document de synthèse médicale", "Synthèse médicale et prescriptions",
                "Historique médical", "Carnet de santé : synthèse", "Fiche de liaison (VSM)", "Crohn : synthèse",
                "Examens et synthèse", "Lettre de liaison du médecin traitant", "Lettre de liaison au spécialiste",
                "Lettre de liaison pour avis",
                "Lettre de liaison pour adressage", "Lettre de liaison – bilan médical", "Prescription : résumé du dossier",
                "Compte rendu de consultation : volet médical", "Compte-rendu d'examen médical périodique",
                "Document de liaison d'urgence – résumé médical", "Historique des vaccinations – résumé patient",
            )
        ],
    ),
    "titles of a letter on admission": (
        "TYPE-TITLE",
        LETTER,
        [
            titled(title)
            for title in (
                "Lettre de liaison à l'entrée", "Lettre de liaison", "Lettre d'adressage", "Note de transfert", "Admission",
                "Lettre de liaison à l'entrée, après sortie de SSR", "Lettre de liaison à la sortie d'EHPAD pour admission",
                "Lettre de liaison pour hospitalisation", "Lettre de sortie de SSR et d'entrée",
                "Entrée après sortie d'un autre service",
                "Courrier du médecin traitant", "Lettre de liaison VILLE-HOPITAL", "Transfert", "Demande d'hospitalisation",
                "Lettre de liaison à l’entrée en établissement de santé",
                "Lettre du médecin à la sortie de consultation", "Lettre de liaison à la sortie de l'EHPAD",
                "Lettre de sortie en hospitalisation", "Lettre de sortie à l'hôpital",
                "Lettre de liaison à la sortie de l'établissement",
                "Lettre de liaison d'entrée – sortie prévue le 12/12/2026", "Lettre de liaison suite à hospitalisation",
            )
        ],
    ),
    "titles of a consultation": (
        "TYPE-TITLE",
        "AVC-PAVC_2022.01",
        [
            titled(title)
            for title in (
                "Consultation", "Compte rendu de consultation", "Synthèse de consultation", "Synthèse médicale",
                "Lettre de consultation",
                "Prescription et compte rendu de consultation", "Consultation d'urgence", "Lettre de liaison après consultation",
                "Consultation de vaccination", "Courrier au médecin traitant",
                "Compte rendu de visite à la sortie d'hospitalisation",
                "Évaluation et volet de synthèse médicale",
            )
        ],
    ),
    "titles of vaccinations": (
        "TYPE-TITLE",
        "VAC_2023.01",
        [titled(title) for title in ("Carnet de vaccination", "Vaccinations", "Prescription et vaccinations", "Vaccins reçus")],
    ),
    "titles of an order": (
        "TYPE-TITLE",
        "eP-MED-DM_2024.01_PosoStruct",
        [titled(title) for title in ("Ordonnance", "Prescription", "Ordonnance de sortie", "Ordonnance de consultation")],
    ),
    "titles of an emergency file": (
        "TYPE-TITLE",
        URGENT,
        [
            titled(title)
            for title in (
                "DLU", "Dossier de liaison d'urgence", "Document de liaison d'urgence", "Lettre de liaison d'urgence", "Urgence",
                "Lettre de liaison", "Lettre de liaison de l'EHPAD", "Synthèse médicale", "Fiche de transfert", "Dossier d'urgence",
                "Lettre de liaison à l'entrée aux urgences", "Volet urgence et prescriptions", "Résident : état de santé",
                "Compte rendu d'examen pour les urgences", "Fiche de liaison d’urgence", "Prescriptions pour l'urgence",
                "Lettre de liaison à l'entrée en établissement de santé", "Lettre de liaison à l'admission à l'hôpital",
                "Lettre de liaison à l'entrée", "Compte rendu d'examen du résident", "Prescriptions et transfert",
                "Lettre de liaison à la sortie de l'établissement",
            )
        ],
    ),
    "sides and columns": (
        "BODY-TEXT-23",
        LABORATORY,
        [
            sided("Mesure|Œil droit|Œil gauche", "Sphère|*1,25|1,5", "œil droit"),
            sided("Mesure|OD|OG", "Sphère|1,25|*1,5", "œil gauche"),
            sided("Mesure|OD|OG", "Sphère|1,25|*1,5", "œil"),
            sided("Mesure|OD|OG", "Sphère|1,25|*1,5", "yeux droit et gauche"),
            sided("Mesure|Valeur", "Sphère|*1,25", "œil droit"),
            sided("Mesure|Droite et gauche", "Sphère|*1,25", "œil droit"),
            sided("Mesure|ODG", "Sphère|*1,25", "œil droit"),
            sided("Œil droit|Œil gauche", "Sphère|*1,25|1,5", "œil gauche"),  # which columns they are above is not plain
            sided("", "Sphère|*1,25", "œil droit"),
            sided("Mesure|OD|OG", "Genou gauche|*1,25|1,5", "genou gauche"),
            sided("Mesure|OD|OG", "Sphère|*œil gauche : 1,25|1,5", "œil gauche"),
            sided("Mesure|OD|OG", "Sphère|*1,25|1,5", "œil gauche", of="#none"),
            sided("Mesure|OD|OG", "Sphère|*1,25|1,5", "lobe supérieur"),
            sided("Supérieur|Inférieur", "*1|2", "lobe inférieur"),
            sided("Présent|Absent", "*X|", "Absent"),
            sided("Mesure|Décalage à droite|Autre", "Angle|1|*2", "genou gauche"),
            sided("Mesure|OG|OD", "Sphère|1|*2", "œil droit"),
            sided("Mesure|OD|OG", "Sphère|*OD +1 OG +2|", "œil gauche"),
            sided("Mesure|OD|OG", "Sphère|*+1|idem", "œil gauche"),
            sided("Regard à gauche|Regard à droite", "*diplopie|non", "œil droit"),
            sided("Rotation gauche|Rotation droite", "*20|30", "épaule droite"),
            sided("Vue de gauche|Vue de droite", "*fracture|rien", "rotule droite"),
            sided("Examen|Incidence oblique gauche|Autre", "Coronaire|*sténose|rien", "artère coronaire droite"),
            sided("Mesure|Fixe OD|Fixe OG", "Déviation|*15|20", "œil gauche"),
            sided("Mesure|Œil droit éclairé|Œil gauche éclairé", "Réflexe|*+|+", "œil gauche"),
            sided("Mesure|OD|OG", "Acuité|*1/10|1/10", "hémisphère gauche"),
            sided("Examen|OD|Autre", "Dent|*12|rien", "joue gauche"),
        ],
    ),
    "results and ranges in two units": (
        "BODY-INTERPRETATION-06",
        LABORATORY,
        [
            measured("0.00767", "ng/mL", "L", "9.30", "17", "pg/mL"),
            measured("0.012", "ng/mL", "N", "9.30", "17", "pg/mL"),
            measured("0.017", "ng/mL", "N", "9.30", "17", "pg/mL"),
            measured("0.0093", "ng/mL", "N", "9.30", "17", "pg/mL"),
            measured("0.02", "ng/mL", "H", "9.30", "17", "pg/mL"),
            measured("1.2", "g/L", "H", "", "110", "mg/dL"),
            measured("5", "mmol/L", "N", "0.7", "1.1", "g/L"),
            measured("5", "meq/L", "N", "2.2", "2.6", "mmol/L"),
            measured("30", "U/L", "H", "0", "0.4", "ukat/L"),
            measured("45", "%", "N", "0.40", "0.52", "L/L"),
            measured("3", "mUI/L", "N", "4", "9", "m[IU]/L"),
            measured("7.67", "ng/mL", "L", "", "", "pg/mL"),
            measured("7.67", "ng/mL", "A", "9.30", "17", "pg/mL"),
            measured("7.67", "ng/mL", "L", "9.30", "17", "pg/mL", SECOND),
            measured("x", "ng/mL", "L", "9.30", "17", "pg/mL"),
            measured("250", "/uL", "N", "150", "400", "10*3/mL"),
            measured("4", "{Log}/mL", "H", "", "40", "{copies}/mL"),
            measured("3.2", "{Log}", "N", "50", "1000", "{copies}"),
            measured("2", "{S/CO}", "N", "", "1", "{index}"),
            measured("0.3", "mmol/mmol", "N", "0.1", "30", "mg/g"),
            measured("110", "mg/dL", "H", "0.7", "1.1", "g/L"),
            measured("100", "mm[Hg]", "N", "10", "13.3", "kPa"),
            measured("250", "G/L", "N", "150", "400", "10*9/L"),
        ],
    ),
    "lines that two facts share": (
        "BODY-TEXT-13",
        VSM,
        [
            listed("p1=Ictus/p2=Angor", STROKE),
            listed("p1=Ictus, rhume", STROKE, ANGINA),
            listed("p1=Ictus, rhume|p2=Angine de poitrine instable traitée", STROKE, ANGINA),  # beside it
            listed("p1=Ictus, rhume/p2=Angor instable", STROKE, ANGINA),
            listed("p1=Ictus/p2=Angine de poitrine instable", STROKE, ("#p2", ANGINA[1])),
            listed("p1=Ictus, angine/p2=Angine de poitrine instable", STROKE, ANGINA),
            listed("p1=Ictus/p2=Angine de poitrine instable", STROKE),
            listed("p0=01|p1=Ictus, rhume/p2=Angine de poitrine instable|p3=x", STROKE, ANGINA),  # of another column
            listed("p1=12/p2=Angine de poitrine instable", STROKE, ANGINA),
            listed("p1=Ictus, rhume/p2=Angine de poitrine instable", ("p1", STROKE[1]), ANGINA, ("p2", "Angine")),
            listed("p1=Ictus, rhume/p2=Angine de poitrine instable", STROKE, ANGINA, ("#p2", "Angine de Prinzmetal")),
            listed("p1=Ictus, rhume/p2=Angine", STROKE, ANGINA),
            listed("p1=Ictus, rhume/p2=Poitrine douloureuse", STROKE, ANGINA),
            listed("p1=Ictus, rhume/p2=Instable", STROKE, ANGINA),
            listed("p1=Hépatopathie chronique/p2=Hépatite virale chronique C", ("#p1", "Cirrhose du foie"),
                   ("#p2", "Hépatite virale chronique C")),
            listed("p1=IRC, anémie/p2=Asthme", ("#p1", "Insuffisance rénale chronique"), ("#p1", "Anémie")),
            listed("p1=Cirrhose alcoolique/p2=Asthme", ("#p1", "Éthylisme chronique"), ("#p1", "Cirrhose")),
            listed("p1=Embolie pulmonaire sur TVP/p2=x", ("#p1", "Thrombose veineuse profonde"), ("#p1", "Embolie pulmonaire")),
            listed("p1=Crise cardiaque et asthme/p2=x", ("#p1", "Infarctus du myocarde"), ("#p1", "Asthme")),
            listed("p1=BPCO, toux/p2=Bronchopneumopathie obstructive chronique : suivi",
                   ("#p1", "Bronchopneumopathie chronique obstructive"), ("#p1", "Tabagisme")),
            listed("p1=HTA, toux/p2=Hypertension artérielle", ("#p1", "Hypertension artérielle"), ("#p1", "Tabagisme")),
            listed("p1=Ictus, rhume/p2=Accident ischémique transitoire du père", STROKE, ("#p1", "Amnésie globale")),
            added("<text><content ID='p1'>Ictus, rhume</content> <content ID='p2'>Angine de poitrine instable</content></text>",
                  PROBLEM.format(*STROKE), PROBLEM.format(*ANGINA)),
        ],
    ),
    "matricules": (
        "INS-R03-KIND",
        VSM,
        [
            known_as(*one)
            for one in (
                [("8", NIR)], [("9", NIA)], [("10", NIR)], [("10", NIA)], [("11", NIR)], [("11", NIA)], [("13", NIR)], [("14",
                NIA)],
                [("8", "379035121518983")], [("9", "379035121518983")], [("9", "879035121518930")], [("8", "2790351215189")],
                [("9", "x")], [("9", "")], [("8", NIR), ("9", NIA)], [("8", "179035121518992")],
                [("9", NIR)], [("9", "179035121518992")], [("8", NIR), ("9", NIR)],  # a NIA is composed as a NIR, and becomes one
            )
        ],
    ),
}  # fmt: skip

FAULTS: dict[str, tuple[str, str, list[Edit]]] = {
    "vaccinations": ("TYPE-TITLE", "VAC_2023.01", [titled("Ordonnance"), titled("Volet de synthèse médicale")]),
    "images": ("TYPE-TITLE", "IMG_CR_IMG_2024.01", [titled("Ordonnance"), titled("Volet de synthèse médicale")]),
    "a consultation": ("TYPE-TITLE", "AVC-PAVC_2022.01", [titled("Volet de synthèse médicale"), titled("Carnet de vaccination")]),
    "an order": (
        "TYPE-TITLE",
        "eP-MED-DM_2024.01_PosoStruct",
        [titled("Compte rendu de consultation"), titled("Lettre de liaison à la sortie")],
    ),
    "a summary": ("TYPE-TITLE", VSM, [titled("Compte rendu d'examens biologiques"), titled("Historique des vaccinations")]),
    "a letter on admission": ("TYPE-TITLE", LETTER, [titled("Lettre de liaison à la sortie"), titled("Lettre de sortie")]),
    "an emergency file": ("TYPE-TITLE", URGENT, [titled("Lettre de liaison à la sortie"), titled("Ordonnance")]),
    "the other eye": (
        "BODY-TEXT-23",
        LABORATORY,
        [
            sided("Mesure|Œil droit|Œil gauche", "Sphère|1,25|*1,5", "œil droit"),
            sided("Mesure|OD|OG", "Sphère|*1,25|1,5", "œil gauche"),
            sided("Mesure|Oreille gauche|Oreille droite", "Seuil|*20|30", "oreille droite"),
        ],
    ),
    "a unit a thousand times the other": (
        "BODY-INTERPRETATION-06",
        LABORATORY,
        [measured("7.67", "ng/mL", "L", "9.30", "17", "pg/mL"), measured("0.02", "ng/mL", "N", "9.30", "17", "pg/mL")],
    ),
    "a reference left from a copy": (
        "BODY-TEXT-13",
        VSM,
        [
            listed("p1=Ictus, rhume/p2=Angine de poitrine instable", STROKE, ANGINA),
            listed("p1=Anémie/p2=x", ("#p1", "Insuffisance rénale chronique"), ("#p1", "Anémie")),
        ],
    ),
    "another kind of matricule": ("INS-R03-KIND", VSM, [known_as(("8", NIA)), known_as(("8", "879035121518980"))]),
}


@pytest.mark.official
@pytest.mark.parametrize("name", CONFORMANT)
def test_a_rule_lets_oddities_pass(examples: Examples, name: str) -> None:
    rule, example, edits = CONFORMANT[name]
    assert examples.more_of(rule, example, *edits) == (0,) * len(edits)


@pytest.mark.official
@pytest.mark.parametrize("name", FAULTS)
def test_a_rule_tells_the_fault_beside_them(examples: Examples, name: str) -> None:
    rule, example, edits = FAULTS[name]
    assert examples.more_of(rule, example, *edits) == (1,) * len(edits)
