"""Further readings of a narrative that agree with their entry: two facts in a row, ranges, what was, what is counted otherwise."""

from __future__ import annotations

from oddities import (
    ANTIBIOTIC,
    CLASS,
    CLASSED,
    DIAGNOSIS,
    DONE,
    GIVEN,
    HOLDS,
    MEASURE,
    ODD,
    OTHER_DAY,
    PACKED,
    PHARM,
    PROBLEM,
    SINCE,
    SITE,
    STAGED,
    UDI,
    VEIN,
    added,
    alone,
    let_pass_and_told,
    of,
    row,
)

from cda_edits import Edit

BORN = """<organizer>{}
  <component><observation><code code='8302-2'/><value xsi:type='PQ' value='50' unit='cm'/></observation></component>
  <component><observation><code code='29463-7'/><value xsi:type='PQ' value='{}' unit='kg'/></observation></component></organizer>"""
OF_THE_MOTHER = (
    "<component><observation><code code='8302-2'/><value xsi:type='PQ' value='1.68' unit='m'/></observation></component>"
)
DOSE = """<substanceAdministration><doseQuantity value='5' unit='mL'/><consumable><manufacturedProduct><manufacturedMaterial>
  <name>{}</name></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""
RARE = PROBLEM.replace("2.16.840.1.113883.6.3", "1.2.250.1.213.2.49")
ACTS = "1.2.250.1.215.300.1"
ACT = f"<procedure><code code='HHFA00100' codeSystem='{ACTS}'><originalText>{ODD}</originalText></code></procedure>"
QUANTITY = ("Médicament", "Quantité")
TAKEN = f"""<substanceAdministration><text>{ODD}</text>
  <effectiveTime xsi:type='PIVL_TS'><period value='12' unit='h'/></effectiveTime></substanceAdministration>"""
TEXT = f"<observation><code code='1'/><text>{ODD}</text><value xsi:type='ST'>&lt;5 mg/L</value></observation>"
IN_TIME = (
    f"<observation><code code='1' displayName='Programmé'/><text>{ODD}</text><value xsi:type='BL' value='true'/></observation>"
)
COUNTED = f"<procedure><code code='1' displayName='{{}}'/><text>{ODD}</text></procedure>"
BEGUN = f"""<substanceAdministration moodCode='INT'><text>{ODD}</text><effectiveTime xsi:type='IVL_TS'><low value='20200301'/>
  </effectiveTime></substanceAdministration>"""
AGAIN = "<component><observation><code code='11778-8'/><value xsi:type='TS' value='20200601'/></observation></component>"
EXPECTED = """<organizer>
  <component><observation><code code='11449-6'/>{}<value xsi:type='CD' code='77386006'/></observation></component>
  <component><observation><code code='11778-8'/><value xsi:type='TS' value='20160801'/></observation></component></organizer>"""
OTHER = row(OTHER_DAY, "12/09/2018", "Rankin", heads=("Date", "Score"), cited=1)

# what it is -> (the rule, the content that it lets pass, the one that it tells)
CASES: dict[str, tuple[str, Edit, Edit]] = {
    **{
        f"{told}, {label}": ("BODY-TEXT-11", of(told, DIAGNOSIS.format(label)), of(wrong, DIAGNOSIS.format(label)))
        for told, label, wrong in (
            ("Hépatite B (aiguë en 1998)", "Hépatite virale chronique B", "Hépatite B aiguë"),
            ("ARN indétectable (positif en 2015)", "ARN négatif", "ARN positif"),
            ("Pancréatite aiguë récidivante", "Pancréatite chronique", "Pancréatite aiguë"),
            ("Tumeur du sein ; naevus bénin", "Tumeur maligne du sein", "Tumeur bénigne du sein"),
            ("Présence d'un souffle ; absence d'œdème", "Œdème absent", "Souffle ; présence d'un œdème"),
            ("Aucun souffle présent", "Souffle absent", "Souffle présent"),
            ("Valeur prédictive positive élevée", "Dépistage négatif", "Dépistage positif"),
            ("ARN ; Rh positif", "ARN négatif", "ARN positif"),
            ("Aucune BMR détectée", "BMR non détectée", "BMR détectée"),
            ("Recherche de BMR : rien retrouvé", "BMR non détectée", "BMR retrouvée"),
            ("Pas d'ADN détecté", "ADN non détecté", "ADN détecté"),
            ("Sous le seuil de détection", "non détecté", "détecté"),
            ("Hémiplégie droite par AVC", "AVC sylvien gauche", "AVC sylvien droit"),
        )
    },
    "the other side of": ("BODY-TEXT-29", of("Controlatéral à l'œil droit", SITE), of("Œil droit", SITE)),
    **{
        f"a code told as {told}": ("BODY-NAMED-03", of(f"Thyroïdite ({told})", entry), of(f"Thyroïdite ({wrong})", entry))
        for told, entry, wrong in (
            ("CIM-10 : E05/E06.3", PROBLEM.format("E06.3", ""), "CIM-10 : E05"),
            ("CIM-10 : E05.0 et E06.3", PROBLEM.format("E06.3", ""), "CIM-10 : E05.0 et E06.2"),
            ("CIM-10 : E05.0† E06.3*", PROBLEM.format("E06.3", ""), "CIM-10 : E05.0†"),
            ("CIM-10 : E03-E07", PROBLEM.format("E06.3", ""), "CIM-10 : E03"),
            ("CIM-10 : E03 à E07", PROBLEM.format("E06.3", ""), "CIM-10 : E03"),
            ("ORPHA : ORPHA586", RARE.format("586", ""), "ORPHA : ORPHA587"),
            ("ORPHA:586", RARE.format("ORPHA:586", ""), "ORPHA:587"),
            ("CCAM : HHFA001-00", ACT, "CCAM : HHFA002-00"),
        )
    },
    "two answers of an antibiogram, one in a case": (
        "BODY-TEXT-24",
        row(ANTIBIOTIC, "Pénicilline G", "R", "S (hors méningite)"),
        row(ANTIBIOTIC, "Pénicilline G", "R", "hors méningite"),
    ),
    **{
        f"{told} of {value}{unit}": (
            "BODY-TEXT-25",
            row(GIVEN.format("", value, unit), "PARACETAMOL", told, heads=QUANTITY),
            row(GIVEN.format("", value, unit), "PARACETAMOL", wrong, heads=QUANTITY),
        )
        for told, value, unit, wrong in (
            ("30", 1, " unit='30009000'", "3"),
            ("28 unités", 2, " unit='30009000'", "3 boîtes"),
            ("2 boîtes", 32, "", "3 boîtes"),
            ("1 boîte", 4, "", "3 boîtes"),
        )
    },
    "what was prescribed": (
        "BODY-TEXT-25",
        row(GIVEN.format("", 2, "").replace("<supply", "<supply moodCode='EVN'"), "X", "3", heads=("Nom", "Quantité prescrite")),
        row(GIVEN.format("", 2, "").replace("<supply", "<supply moodCode='EVN'"), "X", "3", heads=("Nom", "Quantité délivrée")),
    ),
    **{
        f"{told} of {code}": ("BODY-TNM-04", of(told, STAGED.format(axis, code)), of(wrong, STAGED.format(axis, code)))
        for told, axis, code, wrong in (
            ("cT2 puis pT3", "21905-5", "T3", "cT2"),
            ("T2 (IRM), pT3", "21899-0", "pT3", "T2 (IRM)"),
            ("T2 ou T3", "21905-5", "T3", "T2"),
            ("Mx", "21907-1", "M0", "M1"),
            ("pM1", "21901-4", "M1a", "pM0"),
        )
    },
    **{
        f"{told}, of {label}": ("BODY-TEXT-11", of(told, CLASSED.format(label)), of(wrong, CLASSED.format(label)))
        for told, label, wrong in (
            ("Classe II à III", "classe III de la NYHA", "Classe II"),
            ("Grade 2-3", "Grade 3", "Grade 2"),
            ("Stade 2, réévalué stade 3", "Stade 3", "Stade 2, réévalué"),
            ("Grade ≥ 2", "Grade 3", "Grade 2"),
        )
    },
    "a tube of so many grams": (
        "BODY-STRENGTH-01",
        alone(HOLDS.format("LOCOID 0,1 %, crème, tube de 30 g", 30, "mg", pharm=PHARM)),
        alone(HOLDS.format("PARACETAMOL 1 g, comprimé", 1, "mg", pharm=PHARM)),
    ),
    "a package of two kinds": (
        "BODY-STRENGTH-02",
        alone(PACKED.format("1 plaquette de 21 comprimés et 1 plaquette de 7 comprimés", 28)),
        alone(PACKED.format("1 plaquette de 21 comprimés", 28)),
    ),
    **{
        f"an agent told as {told}, {code}": ("BODY-ALLERGY-02", of(told, CLASS.format(code)), of(told, CLASS.format("C07AB07")))
        for told, code in (
            ("Pénicilline", "S01AA14"),
            ("macrolides", "D10AF02"),
            ("AINS", "N02AJ08"),
            ("Fluoroquinolones", "J01RA"),
            ("Bêta-lactamines", "A02BD07"),
        )
    },
    **{
        f"a lot shown as {shown}": (
            "BODY-DEVICE-UDI",
            added(f"<text>(01)00686597200018(17)260930(10){shown}</text>", f"<entry>{UDI}</entry>"),
            added("<text>(01)00686597200018(17)260930(10)A12345</text>", f"<entry>{UDI}</entry>"),
        )
        for shown in ("A1234-6", "a12346", " A1234 6")
    },
    "the height of the mother beside": (
        "BODY-POSSIBLE-13",
        alone(BORN.format(OF_THE_MOTHER, 70)),
        alone(BORN.format("", 70)),
    ),
    **{
        f"by the millilitre, {name}": ("BODY-DOSE-12", alone(DOSE.format(name)), alone(DOSE.format("CAPTOPRIL 25 mg, comprimé")))
        for name in ("Préparation magistrale de gélules ouvertes", "CAPTOPRIL 25 mg, comprimé dilué", "Comprimé écrasé")
    },
    **{
        f"a measure of {moment} on 03/10/2018": (
            "BODY-TEXT-12",
            row(
                MEASURE.format("INT", "value='2'").replace("20181003", moment), "03/10/2018", "Rankin", heads=("Date", "X"), cited=1
            ),
            OTHER,
        )
        for moment in ("20181002230000+0000", "20181002233000+0100")
    },
    "with each dialysis": (
        "BODY-TEXT-21",
        row(TAKEN.replace("'12' unit='h'", "'2' unit='d'"), "X", "1 fois/j les jours de dialyse", heads=("Nom", "Fréquence")),
        row(TAKEN.replace("'12' unit='h'", "'2' unit='d'"), "X", "1 fois/j", heads=("Nom", "Fréquence")),
    ),
    **{
        f"a number under {head}": (
            "BODY-TEXT-06",
            row(OTHER_DAY, "Handicap léger", "34", heads=("Score", head)),
            row(OTHER_DAY, "Handicap léger", "34", heads=("Score", "Valeur")),
        )
        for head in ("Âge", "Antériorité", "Objectif", "Valeur de référence", "Dernier score")
    },
    "an order dated as it is given": (
        "BODY-TEXT-12",
        row(BEGUN, "PARACETAMOL", "28/02/2020", heads=("Médicament", "Date")),
        row(BEGUN, "PARACETAMOL", "28/02/2020", heads=("Médicament", "Début")),
    ),
    "a problem in the row of an act": (
        "BODY-TEXT-12",
        row(SINCE, "01/01/2012", "Consultation", "Thyroïdite", heads=("Date", "Acte", "Diagnostic"), cited=2),
        row(SINCE, "01/01/2012", "Thyroïdite", heads=("Date", "Diagnostic"), cited=1),
    ),
    **{
        f"expected long ago, {what}": ("BODY-POSSIBLE-14", alone(odd), alone(EXPECTED.format("")))
        for what, odd in (
            ("as it was said to be", EXPECTED.format("<effectiveTime value='20160101'/>")),
            ("and again", EXPECTED.format("").replace("</organizer>", f"{AGAIN}</organizer>")),
        )
    },
    "in steps": (
        "BODY-TEXT-21",
        row(TAKEN, "X", "1 fois/j puis 2 fois/j", heads=("Nom", "Fréquence")),
        row(TAKEN, "X", "5 fois/j", heads=("Nom", "Fréquence")),
    ),
    "the label of another code of the category": (
        "BODY-NAMED-OTHER",
        of("Thrombose veineuse profonde", VEIN.format("I80.1", "Phlébite de la fémorale")),
        of("Thrombose veineuse profonde", VEIN.format("I10", "Hypertension essentielle")),
    ),
    **{
        f"an answer under {head}": (
            "BODY-TEXT-10",
            row(DONE.format("false"), "Transfusion", "Non", heads=("Acte", head)),
            row(DONE.format("false"), "Transfusion", "Non", heads=("Acte", wrong)),
        )
        for head, wrong in (
            ("Complications", "Réalisée"),
            ("Programmée", "Fait"),
            ("Par voie centrale", "Réponse"),
            ("Contre-indication", "Oui / Non"),
        )
    },
    "an answer to another question": ("BODY-TEXT-10", row(IN_TIME, "Urgence", "Non"), row(IN_TIME, "Acte programmé", "Non")),
    "an answer to the first of two sides": (
        "BODY-TEXT-10",
        row(DONE.format("false"), "Sein droit : oui", "non"),
        row(DONE.format("false"), "Sein droit", "non"),
    ),
    "one session of many": (
        "BODY-TEXT-13",
        of("Une séance", COUNTED.format("Radiothérapie, 25 séances")),
        of("Un vaisseau", COUNTED.format("Pontage de 2 vaisseaux")),
    ),
    "the reference of a text": (
        "BODY-TEXT-06",
        row(TEXT, "CRP", "négatif", "&lt;10 mg/L", heads=("Examen", "Résultat", "VR")),
        row(TEXT, "CRP", "négatif", "&lt;10 mg/L", heads=("Examen", "Commentaire", "Résultat")),
    ),
}


test_a_reading_that_agrees_is_let_pass_and_the_fault_beside_it_told = let_pass_and_told(CASES)
