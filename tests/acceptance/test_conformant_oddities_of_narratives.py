"""Rare but conformant narratives, each near a contradiction that a rule warns of: it keeps silent, and speaks of the fault."""

from __future__ import annotations

from oddities import (
    ANTIBIOTIC,
    CLASS,
    CLASSED,
    DONE,
    GIVEN,
    HOLDS,
    MEASURE,
    ODD,
    OTHER_DAY,
    PACKED,
    PHARM,
    PROBLEM,
    SHOWN_UDI,
    SITE,
    STAGED,
    UDI,
    added,
    alone,
    let_pass_and_told,
    of,
    row,
)

from cda_edits import Edit

RANGES = """<observation><value xsi:type='PQ' value='0.92' unit='g/L'/>{}<referenceRange><observationRange><value xsi:type='IVL_PQ'>
  <high value='5.9' unit='mmol/L'/></value></observationRange></referenceRange></observation>"""
IN_GRAMS = """<referenceRange><observationRange><value xsi:type='IVL_PQ'><high value='1.06' unit='g/L'/></value></observationRange>
  </referenceRange>"""
IN_UNITS = """<observation><value xsi:type='PQ' value='5' unit='mg'><translation {}code='ug' codeSystem='2.16.840.1.113883.6.8'/>
  </value></observation>"""
BORN = "".join(
    f"<entry><observation><code code='{code}'/><value xsi:type='INT' value='{value}'/></observation></entry>"
    for code, value in (("11996-6", 1), ("11977-6", 2))
)
GENERIC = """<supply><product><manufacturedProduct><manufacturedMaterial><code code='60000001' codeSystem='1.2.250.1.213.2.3.1'
  displayName='CLAMOXYL 500 mg, gélule'><translation code='J01CA04' codeSystem='2.16.840.1.113883.6.73' displayName='amoxicilline'/>
  </code><name>{}</name></manufacturedMaterial></manufacturedProduct></product></supply>"""
LABELLED = "<observation><code code='{}' codeSystem='2.16.840.1.113883.6.1' displayName='{}'/></observation>"
SUBSTITUTED = f"<act><code code='{{}}' codeSystem='2.16.840.1.113883.5.1070'><originalText>{ODD}</originalText></code></act>"
STATUS = f"<observation><code code='GEN-065'/><text>{ODD}</text><value xsi:type='CD' code='{{}}'/></observation>"
ALD = f"<observation><code code='1' displayName='{{}}'/><text>{ODD}</text><value xsi:type='BL' value='true'/></observation>"
ISOLATE = """<specimen><specimenRole><specimenPlayingEntity><code code='1' displayName='{}'>{}</code></specimenPlayingEntity>
  </specimenRole></specimen>"""
CITES = f"<originalText>{ODD}</originalText><translation code='2' displayName='Clostridium difficile'/>"
MEDIA = (
    "<organizer><component><observationMedia ID='{}'/></component><component><observationMedia ID='{}'/></component></organizer>"
)
MEASURED = """<observation><value xsi:type='PQ' value='{}' unit='{}'/><referenceRange><observationRange>
  <value xsi:type='IVL_PQ'><high value='{}' unit='{}'/></value></observationRange></referenceRange></observation>"""
INTERPRETED = MEASURED.replace("<referenceRange>", "<interpretationCode code='{}'/><referenceRange>")
AGENT = f"""<observation><participant><participantRole><playingEntity><code code='J01MA99' codeSystem='2.16.840.1.113883.6.73'
  displayName='{{}}'><originalText>{ODD}</originalText></code></playingEntity></participantRole></participant></observation>"""
VACCINE = f"""<substanceAdministration moodCode='EVN'><text>{ODD}</text><consumable><manufacturedProduct><manufacturedMaterial>
  <code code='1' displayName='{{}}'/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""


QUALIFIED = f"""<procedure><code code='MED-1249' displayName='Anesthésie'><qualifier><value code='50697003' displayName='{{}}'
  codeSystem='2.16.840.1.113883.6.96'/></qualifier></code><text>{ODD}</text></procedure>"""
FOUND = f"""<observation><code code='1'/><value xsi:type='CD' code='1' displayName='{{}}'><originalText>{ODD}</originalText></value>
  </observation>"""
DEGREE = f"""<observation><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.1'/><code code='SEV'/><text>{ODD}</text>
  <value xsi:type='CD' code='{{}}' codeSystem='2.16.840.1.113883.6.96' displayName='{{}}'/></observation>"""


BY = f"""<substanceAdministration><text>{ODD}</text><routeCode code='20066000' codeSystem='0.4.0.127.0.16.1.1.2.1'
  displayName='Voie sous-cutanée'/></substanceAdministration>"""
SIGN = f"""<organizer><code code='85353-1'/><component><observation><code code='{{}}' codeSystem='2.16.840.1.113883.6.1'
  displayName='{{}}'/><text>{ODD}</text></observation></component></organizer>"""
KIND = f"""<observation><code code='MED-013' displayName='Motif du diagnostic'/><text>{ODD}</text><value xsi:type='CD'
  code='MED-110' codeSystem='1.2.250.1.213.1.1.4.322' displayName='Mammographique'/></observation>"""


def under(*first: str) -> Edit:
    """An answer in a table whose first row has no headings."""
    cells = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in each)}</tr>" for each in (first, (NAMED, "Non", "2019"))]
    return added(f"<text><table><tbody>{''.join(cells)}</tbody></table></text>", f"<entry>{DENIED}</entry>")


def whole(tag: str, *others: str) -> Edit:
    """What tells of several facts is cited as a whole."""
    row = f"<tr{' ID=' + repr('odd') if tag == 'tr' else ''}><td>Thyroïdite</td><td>Goitre (CIM-10 : E05.0)</td></tr>"
    entries = "".join(f"<entry>{one}</entry>" for one in (E063, *others))
    return added(f"<text><table{' ID=' + repr('odd') if tag == 'table' else ''}><tbody>{row}</tbody></table></text>", entries)


def shown(narrative: str, *media: str) -> Edit:
    return added(f"<text>{narrative}</text>", f"<entry>{MEDIA.format(*media)}</entry>")


DETECTED = (
    f"<entry><observation><code code='1'/><text>{ODD}</text><value code='2' displayName='ADN détecté'/></observation></entry>"
)
NAMED = "<content ID='odd'>Infarctus</content>"
DENIED = f"<observation><code code='1' displayName='Infarctus'/><text>{ODD}</text><value xsi:type='BL' value='true'/></observation>"
E063 = PROBLEM.format("E06.3", "")
OTHER_CODE = of("Thyroïdite (CIM-10 : E05.0)", E063)
ONE_MORE = "<translation code='J45' codeSystem='2.16.840.1.113883.6.139'/>"
TWO_BOXES = GIVEN.format("", 3, ""), "PARACETAMOL", "2 boîtes"
OTHER_QUANTITY = row(*TWO_BOXES, heads=("Médicament", "Quantité délivrée"))
SHOW_TWICE = "<renderMultiMedia referencedObject='odd-1'/><renderMultiMedia referencedObject='odd-1'/>"
NOT_SHOWN = shown(SHOW_TWICE, "odd-1", "odd-2")
BOX = "PARACETAMOL, plaquette(s) de 16 comprimé(s)"
TWO_GERMS = ISOLATE.format("Clostridioides difficile", CITES), ISOLATE.format("Escherichia coli", "")
GERM = f"<organizer>{''.join(TWO_GERMS)}</organizer>"
NEVER = "G", "Non (marge étroite)"

# what it is -> (the rule, the content that it lets pass, the one that it tells)
CASES: dict[str, tuple[str, Edit, Edit]] = {
    **{
        f"a code written as {written}": ("BODY-NAMED-03", of(f"Thyroïdite ({written})", entry), OTHER_CODE)
        for written, entry in {
            "CIM-10 : E06": E063,
            "cim10: E063": E063,
            "CIM-10 : E05.0, CIM-10 : E06.3": E063,
            "ATC : H03AA01": E063,
            "CISP2 : J45": PROBLEM.format("E06.3", ONE_MORE),
            "CIM-10 : E06.3.": E063,
            "code CIM-10 E05.0": E063,
        }.items()
    },
    "a measure in another unit": ("BODY-CODE-01", alone(IN_UNITS.format("value='5000' ")), alone(IN_UNITS.format(""))),
    "cells of a row without spaces between them": (
        "BODY-TEXT-11",
        *(
            added(f"<text><table><tr ID='odd'><td>ADN</td><td>{said}</td><td>non détecté</td></tr></table></text>", DETECTED)
            for said in ("ADN détecté", "ADN")
        ),
    ),
    "a second range in moles": ("BODY-RANGE-03", alone(RANGES.format(IN_GRAMS)), alone(RANGES.format(""))),
    "two children of one pregnancy": (
        "BODY-POSSIBLE-04",
        added("<text>Une grossesse gémellaire</text>", BORN),
        added("<text>Une grossesse</text>", BORN),
    ),
    "the substance for a name": (
        "BODY-MEDICINE-01",
        alone(GENERIC.format("AMOXICILLINE 500 mg")),
        alone(GENERIC.format("METFORMINE 500 mg")),
    ),
    "a saturation by pulse oximetry": (
        "CODE-LABEL",
        alone(LABELLED.format("59408-5", "Saturation en O2")),
        alone(LABELLED.format("29463-7", "Saturation en O2")),
    ),
    **{
        f"{word} of {code}": (
            "CODE-LABEL-DIFFERENT",
            alone(LABELLED.format(code, word)),
            alone(LABELLED.format(code, "Respiration")),
        )
        for code, word in (("8867-4", "Pouls"), ("8302-2", "Longueur"))
    },
    "codes in a table that is cited as a whole": ("BODY-NAMED-03", whole("table"), whole("tr")),
    "a code of another in a row that is": ("BODY-NAMED-03", whole("tr", "<act><code code='E05.0'/></act>"), whole("tr")),
    **{
        f"an answer under {one}, which is no heading": (
            "BODY-TEXT-10",
            under("Pathologie", one, "Depuis"),
            under("Pathologie", "Présence", "Depuis"),
        )
        for one in ("ALD", "Suivi")
    },
    "an answer of the other side": (
        "BODY-TEXT-10",
        row(DENIED, "Lésion", "Infarctus", "Non", heads=("Antécédent", "Rein droit", "Gauche"), cited=1),
        row(DENIED, "Lésion", "Infarctus", "Non", heads=("Antécédent", "Détail", "Présence"), cited=1),
    ),
    "two letters in the row of an antibiotic": (
        "BODY-TEXT-24",
        row(ANTIBIOTIC, "Amoxicilline", "S", "R"),
        row(ANTIBIOTIC, "Amoxicilline", "8 mg/L", "R"),
    ),
    "sensitive at high dose": (
        "BODY-TEXT-24",
        row(ANTIBIOTIC.replace("'S'", "'I'"), "Amoxicilline", "SFP"),
        row(ANTIBIOTIC.replace("'S'", "'I'"), "Amoxicilline", "Résistant"),
    ),
    **{
        f"a quantity told as {told} of {entry[0] or 1}": (
            "BODY-TEXT-25",
            row(GIVEN.format(*entry[1:]), "PARACETAMOL", told, heads=("Médicament", head)),
            OTHER_QUANTITY,
        )
        for told, head, entry in (
            ("2 boîtes", "Quantité délivrée", ("2", "", 2, " unit='30009000'")),
            ("2 boîtes de 16", "Quantité délivrée", ("32", "", 32, "")),
            ("2 boîtes", "Quantité délivrée", ("32 tablets", "", 32, " unit='10219000'")),
            ("6", "Nombre de boîtes", ("2, thrice", "<repeatNumber value='2'/>", 2, "")),
            ("16", "Quantité restante", ("2", "", 2, "")),
        )
    },
    **{
        f"{told} under {head}, {code}": (
            "BODY-TEXT-26",
            row(SUBSTITUTED.format(code), "PARACETAMOL", told, heads=("Médicament", head), cited=1),
            of(NEVER[1], SUBSTITUTED.format(NEVER[0])),
        )
        for code, told, head in (
            ("G", "Non", "Non substituable"),
            ("N", "Oui", "Non substituable"),
            ("N", "Non", "Substitution"),
            ("G", "Oui", "Substituable"),
            ("G", "Non communiqué", "Substitution"),
        )
    },
    "an answer under a side, and under what came of it": (
        "BODY-TEXT-10",
        row(ALD.format("Chirurgie"), "Chirurgie", "2010", "Non", heads=("Acte", "Année", "Complications"), cited=2),
        row(ALD.format("Chirurgie"), "Chirurgie", "2010", "Non", heads=("Acte", "Année", "Gauche"), cited=2),
    ),
    "an answer under ALD of something else": (
        "BODY-TEXT-10",
        row(ALD.format("Diabète"), "PARACETAMOL", "1 cp", "Non", heads=("Médicament", "Dose", "En rapport ALD"), cited=2),
        row(
            ALD.format("En rapport avec une ALD"),
            "PARACETAMOL",
            "1 cp",
            "Non",
            heads=("Médicament", "Dose", "En rapport ALD"),
            cited=2,
        ),
    ),
    **{
        f"{code} under {told}": ("BODY-ALLERGY-02", of(told, CLASS.format(code)), of("bêta-lactamines", CLASS.format("J01AA02")))
        for told, code in (
            ("bêta-lactamines", "J01DE01"),
            ("Pénicillines", "J01CR02"),
            ("pénicillines et macrolides", "J01FA01"),
            ("AINS", "M01AE01"),
            ("Macrolides", "J01FA"),
            ("quinolones", "J"),
        )
    },
    **{
        f"a device shown as {told}": (
            "BODY-DEVICE-UDI",
            added(f"<text>{told}</text>", entry),
            added(f"<text>{wrong}</text>", entry),
        )
        for entry, wrong in ((f"<entry>{UDI}</entry>", f"{SHOWN_UDI}5"),)
        for told in (
            f"{SHOWN_UDI}6",
            "(01)00686597200018(10)A12346(17)260930",
            "(01)00686597200018",
            "(01)00686597200025(10)B1",
            "A1",
        )
    },
    **{
        f"a transfusion, {negated}, beside {answer}": (
            "BODY-TEXT-10",
            row(DONE.format(negated), "Transfusion", answer),
            row(DONE.format("true"), "Transfusion", "oui"),
        )
        for negated, answer in (("false", "oui"), ("true", "non"), ("true", "-"), ("false", "deux culots"))
    },
    **{
        f"{told} for {label}": (
            "BODY-NAMED-04",
            of(told, QUALIFIED.format(label)),
            of("Anesthésie locorégionale", QUALIFIED.format("anesthésie générale")),
        )
        for told, label in (
            ("Anesthésie générale", "anesthésie générale"),
            ("AG", "anesthésie générale"),
            ("Anesthésie", "anesthésie générale"),
        )
    },
    **{
        f"{told} of {label}": (
            "BODY-TEXT-11",
            of(told, FOUND.format(label)),
            of("ADN détecté", FOUND.format("ADN non détecté")),
        )
        for told, label in (
            ("non détecté", "ADN non détecté"),
            ("ADN non détecté ou non retrouvé", "ADN détecté"),
            ("sous le seuil", "ADN non détecté"),
            ("Détection de l'ADN", "ADN détecté"),
            ("pas mis en évidence", "non détecté"),
        )
    },
    **{
        f"a measure dated {cells}": (
            "BODY-TEXT-12",
            row(entry, *cells, heads=heads, cited=1),
            row(OTHER_DAY, "12/09/2018", "Rankin", heads=("Date", "Score"), cited=1),
        )
        for cells, heads, entry in (
            (("03/10/2018", "Rankin"), ("Date", "Score"), OTHER_DAY),
            (("12/09/2018", "Rankin"), ("Date d'entrée", "Score"), OTHER_DAY),
            (("12/09/2018", "Rankin", "03/10/2018"), ("Date", "Score", "Relu le"), OTHER_DAY),
            (("12/09/2018", "Certitude"), ("Date", "Score"), MEASURE.format("CD", "code='confirmed' displayName='Confirmé'")),
            (("2018", "Rankin"), ("Date", "Score"), OTHER_DAY),
        )
    },
    **{
        f"{told}, {label}": (
            "BODY-NAMED-01",
            of(told, DEGREE.format(code, label)),
            of("Modérée", DEGREE.format("255604002", "léger")),
        )
        for told, code, label in (
            ("Modérée", "6736007", "modéré"),
            ("Légère", "255604002", "léger"),
            ("Très marquée", "6736007", "modéré"),
        )
    },
    **{
        f"a left side, {told}": ("BODY-TEXT-29", of(told, SITE), of("Prothèse auditive (droite)", SITE))
        for told in ("Prothèse auditive", "Prothèse auditive gauche", "Prothèses droite et gauche", "Prothèse (G)", "Adroit")
    },
    **{
        f"{told} under {head}, by the skin": (
            "BODY-NAMED-05",
            row(BY, "VACCIN", told, heads=("Vaccin", head)),
            row(BY, "VACCIN", "voie intramusculaire", heads=("Vaccin", "Voie")),
        )
        for told, head in (
            ("voie sous-cutanée", "Voie"),
            ("SC", "Voie"),
            ("injection", "Voie d'administration"),
            ("voie intramusculaire", "Voie habituelle"),
        )
    },
    **{
        f"a height {where}": (
            "BODY-NAMED-06",
            row(SIGN.format("8302-2", "Taille"), *cells, cited=cited),
            row(SIGN.format("8302-2", "Taille"), "Poids", "52", cited=1),
        )
        for where, cells, cited in (
            ("that heads its column", ("Poids", "Taille", "Périmètre crânien"), 1),
            ("in the second pair of a row", ("Poids", "3,2 kg", "Taille", "52 cm"), 2),
            ("whose value is cited there", ("Poids", "3,2 kg", "Stature", "52 cm"), 3),
        )
    },
    **{
        f"{label} in a row of {told}": (
            "BODY-NAMED-06",
            row(SIGN.format(code, label), told, "52 cm", cited=1),
            row(SIGN.format("8287-5", "Périmètre crânien"), "Taille", "52 cm", cited=1),
        )
        for told, code, label in (
            ("Taille", "8302-2", "Taille"),
            ("Taille couchée", "8306-3", "Taille couché"),
            ("PC", "8287-5", "Périmètre crânien"),
            ("11/02/2021", "8287-5", "Périmètre crânien"),
            ("Poids de naissance", "29463-7", "Poids"),
        )
    },
    **{
        f"{told}, of {label}": (
            "BODY-TEXT-11",
            of(told, CLASSED.format(label)),
            of("Classe 1 : toute la luette", CLASSED.format("Classe 3 : le palais")),
        )
        for told, label in (
            ("Classe 1", "Classe 1 : toute la luette"),
            ("Classe III", "Classe 3 : le palais"),
            ("III", "classe III de la NYHA"),
            ("Stade 2", "Classe 3 : le palais"),
            ("3", "Classe 3 : le palais"),
            ("Classe non évaluée", "Classe 3"),
            ("2 loges visibles", "Classe 3"),
        )
    },
    **{
        f"{told} for Mammographique": ("BODY-NAMED-04", of(told, KIND), of("Clinique et Mammographique", KIND))
        for told in ("mammographique", "Motif du diagnostic", "Mammographie anormale", "Oui")
    },
    "a document being approved": (
        "BODY-TEXT-27",
        of("En cours de validation", STATUS.format("398166005")),
        of("En cours", STATUS.format("398166005")),
    ),
    **{
        f"{told} of {code}": (
            "BODY-TNM-04",
            of(told, STAGED.format(axis, code)),
            of("T1b : sous-muqueuse", STAGED.format("21905-5", "T3")),
        )
        for told, axis, code in (
            ("T1 N0 M0", "21906-3", "N0"),
            ("cT2N1M0", "21906-3", "N1"),
            ("pT1b(m)", "21905-5", "T1b"),
            ("T1b", "21899-0", "pT1b"),
            ("T1", "21905-5", "T1b"),
            ("Tis", "21905-5", "Tis"),
            ("N1mi", "21906-3", "N1"),
            ("Taille 3 cm", "21905-5", "T2"),
        )
    },
    **{
        f"an isolate told as {told}": ("BODY-ISOLATE-02", of(told, GERM), of("Escherichia coli", GERM))
        for told in ("Clostridium difficile", "C. difficile", "Bacille à Gram positif", "Clostridioides")
    },
    **{
        f"media shown by {narrative}": ("BODY-MEDIA-SHOWN", shown(narrative, "odd-1", "odd-2"), NOT_SHOWN)
        for narrative in (
            "<renderMultiMedia referencedObject='odd-1 odd-2'/><renderMultiMedia referencedObject='odd-1'/>",
            "<renderMultiMedia referencedObject='odd-1'/>",
            f"{SHOW_TWICE}<linkHtml href='#odd-2'>le second</linkHtml>",
        )
    },
    **{
        f"{value} {unit} in {name}": (
            "BODY-STRENGTH-01",
            alone(HOLDS.format(name, value, unit, pharm=PHARM)),
            alone(HOLDS.format("PARACETAMOL 500 mg, comprimé", 500, "g", pharm=PHARM)),
        )
        for name, value, unit in (
            ("PARACETAMOL 1 g, comprimé", "1000", "mg"),
            ("AMOXICILLINE 500 mg/5 mL", "100", "mg"),
            ("LEVOTHYROX 75 microgrammes", "75", "ug"),
            ("X 250 microgrammes/50 microgrammes", "50", "ug"),
            ("VITAMINE B12 1 000 µg", "1", "mg"),
            ("AUGMENTIN 1 g/125 mg", "125", "mg"),
        )
    },
    **{
        f"{value} in {name}": ("BODY-STRENGTH-02", alone(PACKED.format(name, value)), alone(PACKED.format(BOX, 61)))
        for name, value in (
            (BOX, "16"),
            ("PARACETAMOL, 2 plaquettes de 8 comprimés", "16"),
            ("PARACETAMOL, plaquettes de 8 comprimés", "16"),
            ("POUDRE DE RIZ, boîte de 10 sachets", "30"),
            ("SIROP, flacon de 150 ml", "100"),
        )
    },
    **{
        f"{value} {unit} for {high} {other}": (
            "BODY-RANGE-04",
            alone(MEASURED.format(value, unit, high, other)),
            alone(MEASURED.format("7.67", "pg/mL", "17", "ng/mL")),
        )
        for value, unit, high, other in (
            ("0.4", "mg/L", "500", "ug/L"),
            ("7200", "/uL", "10", "10*9/L"),
            ("80", "umol/L", "0.11", "mmol/L"),
            ("400", "ng/mL", "500", "ug/L"),
            ("5", "mg/L", "0.5", "mg/dL"),
            ("12", "ug/L", "10", "ng/mL"),
        )
    },
    **{
        f"{value} {unit} interpreted {code}": (
            "BODY-RANGE-04",
            alone(INTERPRETED.format(value, unit, code, high, other)),
            alone(INTERPRETED.format(value, unit, otherwise, high, other)),
        )
        for value, unit, code, high, other, otherwise in (
            ("5.2", "ug/L", "HH", "14", "ng/L", "N"),
            ("2", "k[IU]/L", "H", "5", "[IU]/L", "N"),
            ("270", "ng/L", "N", "200", "ug/L", "H"),
        )
    },
    **{
        f"{told} for {label}": (
            "BODY-NAMED-01",
            of(told, AGENT.format(label)),
            of("ofloxacine", AGENT.format("ciprofloxacine")),
        )
        for told, label in (
            ("lévofloxacine", "ofloxacine"),
            ("Ofloxacine", "OFLOXACINE"),
            ("Pénicilline", "amoxicilline"),
            ("aciclovir", "valaciclovir"),
            ("Oflocet", "ofloxacine"),
            ("ofloxacine", "FLUOROQUINOLONES"),
            ("prednisone", "prednisolone"),
            ("ofloxacine et ciprofloxacine", "ciprofloxacine"),
        )
    },
    **{
        f"{told}, {label}": (
            "BODY-TEXT-13",
            of(told, VACCINE.format(label)),
            of("Vaccin antituberculeux", VACCINE.format("VACCIN TETANIQUE PASTEUR")),
        )
        for told, label in (
            ("DTCaP-Hib", "vaccin diphtérique, tétanique, coquelucheux et poliomyélitique"),
            ("ROR", "vaccin de la rougeole"),
            ("Haemophilus influenzae b", "vaccin Haemophilus type b conjugué"),
            ("Rappel tétanos", "REVAXIS"),
            ("Grippe", "VAXIGRIPTETRA, vaccin grippal quadrivalent"),
            ("Zona", "vaccin varicelle-zona"),
            ("BCG", "vaccin de la tuberculose"),
        )
    },
}


test_a_rule_lets_an_oddity_pass_and_tells_the_fault_beside_it = let_pass_and_told(CASES)
