"""Passages that agree with the entry which cites them, though they have a word of its contrary, or that of another entry."""

from __future__ import annotations

from oddities import DIAGNOSIS, DONE, ODD, SINCE, SITE, added, let_pass_and_told, of, row

from cda_edits import Edit

HELD = "<templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.5'/>"
LABELLED = "<value xsi:type='CD' code='{}' codeSystem='2.16.840.1.113883.6.3' displayName='{}'/>"
LOT = f"""<substanceAdministration><text>{ODD}</text><consumable><manufacturedProduct><manufacturedMaterial>
  <lotNumberText>{{}}</lotNumberText></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""
MEDICINE = """<substanceAdministration><consumable><manufacturedProduct><manufacturedMaterial><code code='{}'
  codeSystem='1.2.250.1.213.2.3.1'>{}<translation code='{}' codeSystem='2.16.840.1.113883.6.73' displayName='{}'/></code>
  <name>{}</name></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""
EDQM = "0.4.0.127.0.16.1.1.2.1"
ROUTE = f"""<substanceAdministration><text>{ODD}</text><routeCode code='20061000' codeSystem='{EDQM}' displayName='Voie rectale'/>
  </substanceAdministration>"""
CITING = f"""<substanceAdministration><routeCode code='20061000' codeSystem='{EDQM}' displayName='Voie rectale'>
  <originalText>{ODD}</originalText></routeCode></substanceAdministration>"""
CITED = f"<originalText>{ODD}</originalText>"


def beside(passage: str, label: str, other: str) -> Edit:
    """A problem that cites the passage, in a table, and another problem."""
    problems = (
        f"<entry><observation>{HELD}<text><reference value='#{by}'/></text>{LABELLED.format(code, one)}</observation></entry>"
        for by, code, one in (("odd", "X1", label), ("odd-2", "X2", other))
    )
    rows = f"<tr><td ID='odd'>{passage}</td></tr><tr><td ID='odd-2'>-</td></tr>"
    return added(f"<text><table><tbody>{rows}</tbody></table></text>", *problems)


def taken(passage: str, name: str, substance: str, *others: tuple[str, str]) -> Edit:
    """A medicine that cites the passage, and others by name and class."""
    own = MEDICINE.format("61", CITED, "N02BE01", substance, name)
    further = "".join(f"<entry>{MEDICINE.format('62', '', atc, 'x', one)}</entry>" for one, atc in others)
    return added(f"<text><content ID='odd'>{passage}</content></text>", f"<entry>{own}</entry>", further)


def cited(passage: str, name: str) -> Edit:
    """A medicine whose substance is not told, that cites the passage."""
    medicine = MEDICINE.format("61", CITED, "", "", name).replace(
        "<translation code='' codeSystem='2.16.840.1.113883.6.73' displayName=''/>", ""
    )
    return added(f"<text><content ID='odd'>{passage}</content></text>", f"<entry>{medicine}</entry>")


def done(status: str, *cells: str, mood: str = "EVN", denied: str = "", heads: tuple[str, ...] = ()) -> Edit:
    """A procedure of the status cites `non`, the last of the cells."""
    code = "<code code='103735009' codeSystem='2.16.840.1.113883.6.96' displayName='Soins palliatifs'/>"
    entry = f"<procedure moodCode='{mood}'{denied}>{code}<text>{ODD}</text><statusCode code='{status}'/></procedure>"
    return row(entry, *cells, "non", heads=heads, cited=len(cells))


BRAND = ("DOLIPRANE 500 mg, comprimé", "N02BE01")
ANOTHER = ("DOLIPRANE 500 mg, comprimé", "N02BA01")

# what it is -> (the rule, the content that it lets pass, the one that it tells)
CASES: dict[str, tuple[str, Edit, Edit]] = {
    **{
        f"{told}, {label}": ("BODY-TEXT-11", of(told, DIAGNOSIS.format(label)), of(wrong, DIAGNOSIS.format(label)))
        for told, label, wrong in (
            ("Cardiopathie ischémique, infarctus aigu en 2012", "Cardiopathie ischémique chronique", "Cardiopathie aiguë"),
            ("Sinusites aiguës à répétition", "Sinusite chronique", "Sinusite aiguë"),
            ("Pancréatite (3 pancréatites aiguës)", "Pancréatite chronique", "Pancréatite (aiguë)"),
            ("Hépatite B active après hépatite aiguë", "Hépatite chronique B", "Hépatite B active : aiguë"),
            ("Diabète longtemps étiqueté type 1", "Diabète sucré de type 2", "Diabète de type 1"),
            ("Diabète insulinodépendant, mère diabétique de type 2", "Diabète de type 1", "Diabète de type 2"),
            ("Nodule bénin sur lobe opéré", "Tumeur maligne du sein", "Tumeur bénigne du sein"),
            ("Adénocarcinome de la prostate, hypertrophie bénigne", "Tumeur maligne de la prostate", "Prostate : tumeur bénigne"),
            ("Polype du sigmoïde, transformation maligne exclue", "Tumeur bénigne du côlon", "Tumeur maligne du côlon"),
            ("VIH, charge virale négative", "Sérologie VIH positive", "Sérologie VIH : négative"),
            ("Surdité appareillée en unilatéral", "Surdité de transmission, bilatérale", "Surdité unilatérale"),
            ("Nodule apical (lobe inférieur indemne)", "Nodule du lobe supérieur", "Nodule du lobe inférieur"),
            ("Infarctus sylvien, paralysie faciale droite", "Infarctus de l’hémisphère gauche", "Infarctus sylvien droit"),
        )
    },
    **{
        f"a result under {head}": (
            "BODY-TEXT-11",
            row(DIAGNOSIS.format("négatif"), "Test", "stérile", "Positif", heads=("Examen", "Résultat", head)),
            row(DIAGNOSIS.format("négatif"), "Test", "Positif", "Positif", heads=("Examen", "Résultat", head)),
        )
        for head in ("Antériorité", "Dernier résultat", "Témoin", "Contrôle")
    },
    **{
        f"an answer beside {head}": (
            "BODY-TEXT-10",
            row(DONE.format("false"), "Sein droit", "non", "-", heads=("Item", head, "Réponse")),
            row(DONE.format("false"), "Sein droit", "non", "-", heads=("Item", "Valeur", "Réponse")),
        )
        for head in ("Valeur attendue", "Valeur antérieure", "Valeurs normales")
    },
    **{
        f"a left side, {told}": ("BODY-TEXT-29", of(told, SITE), of(wrong, SITE))
        for told, wrong in (
            ("Prothèse, boiterie droite", "Prothèse, côté droit"),
            ("Genou : prothèse, droit indemne", "Genou : prothèse (droite)"),
            ("Cataracte (œil droit à programmer)", "Cataracte (à droite)"),
        )
    },
    "the side of a fall": ("BODY-TEXT-29", of("Plaie, chute sur le côté droit", SITE), of("Plaie, côté droit", SITE)),
    **{
        f"{told} beside {other}": ("BODY-TEXT-13", beside(told, label, other), beside(wrong, label, other))
        for told, label, other, wrong in (
            ("Arthrose du genou", "Autres gonarthroses primaires", "Arthrose", "Arthrose"),
            ("Artérite, amputé de la jambe", "Absence acquise d’un membre", "Artérite", "Artérite"),
            ("Migraine ?", "Céphalée", "Migraine", "Migraine"),
            ("Rhume des foins, asthme", "Rhinite allergique", "Asthme", "Asthme"),
        )
    },
    "an illness of which there is a history": (
        "BODY-TEXT-13",
        beside("Phlébite en 2003", "Antécédents personnels de maladies de la circulation", "Phlébite"),
        beside("Phlébite en 2003", "Maladies de la circulation", "Phlébite"),
    ),
    **{
        f"a lot that is {lot}": (
            "BODY-TEXT-14",
            row(LOT.format(lot), "BCG", "-", heads=("Vaccin", "Lot")),
            row(LOT.format("AB12"), "BCG", "-", heads=("Vaccin", "Lot")),
        )
        for lot in ("inconnu", "NC", "non renseigné")
    },
    "a problem by the day of admission": (
        "BODY-TEXT-12",
        row(SINCE.replace("20100301", "20100302"), "Thyroïdite", "01/01/2012", heads=("Diagnostic", "Date d'entrée")),
        row(SINCE.replace("20100301", "20100302"), "Thyroïdite", "01/01/2012", heads=("Diagnostic", "Date")),
    ),
    "a route by the form, cited": ("BODY-NAMED-01", of("Suppositoire", CITING), of("Voie orale", CITING)),
    "a route by the form, in its row": (
        "BODY-NAMED-05",
        row(ROUTE, "X", "Suppositoire", heads=("Nom", "Voie")),
        row(ROUTE, "X", "Voie orale", heads=("Nom", "Voie")),
    ),
    "another brand of the substance, given too": (
        "BODY-NAMED-02",
        taken("Doliprane 1000 mg", "PARACETAMOL BIOGARAN 1000 mg", "paracétamol", BRAND),
        taken("Doliprane 1000 mg", "PARACETAMOL BIOGARAN 1000 mg", "paracétamol", ANOTHER),
    ),
    "another oral form of the substance": (
        "BODY-NAMED-02",
        taken("Doliprane 500 mg, gélule", "PARACETAMOL BIOGARAN 500 mg, comprimé", "paracétamol"),
        taken("Doliprane 300 mg, suppositoire", "PARACETAMOL BIOGARAN 500 mg, comprimé", "paracétamol"),
    ),
    **{
        f"{passage} of {name}": (
            "BODY-NAMED-02",
            cited(passage, name),
            cited("ROCEPHINE 1 g, poudre pour solution injectable", "PLAVIX 75 mg, comprimé pelliculé"),
        )
        for passage, name in (
            ("Clopidogrel 75 mg, comprimé", "PLAVIX 75 mg, comprimé pelliculé"),
            ("Clopidogrel 75 mg", "PLAVIX 75 mg, comprimé pelliculé"),
            ("Clopidogrel 75 mg en sachet", "PLAVIX 75 mg"),
            ("PLAVIX 75 mg, 1 sachet", "PLAVIX 75 mg, comprimé pelliculé"),
            ("Oméprazole 20 mg, gélule gastro-résistante", "MOPRAL 20 mg, microgranules gastro-résistants en gélule"),
            ("Insuline glargine 100 UI/mL, stylo", "LANTUS SOLOSTAR 100 unités/ml, solution injectable en stylo prérempli"),
            ("Cholécalciférol 100 000 UI, ampoule buvable", "UVEDOSE 100 000 UI, solution buvable"),
            ("Vitamine D 100 000 UI, capsule", "UVEDOSE 100 000 UI, solution buvable"),
            ("Latanoprost 50 µg collyre, 1 goutte", "XALATAN 50 microgrammes/ml, collyre en solution"),
            ("Sachet à prendre le matin, puis comprimé", "PLAVIX 75 mg, comprimé pelliculé"),
            ("Clopidogrel 75 mg par voie orale le matin", "PLAVIX 75 mg, comprimé pelliculé"),
            ("Paracétamol 1 g, gélule", "DOLIPRANE 1000 mg, comprimé"),
            ("Amoxicilline 1 g, comprimé dispersible", "CLAMOXYL 1 g, poudre pour suspension buvable"),
            ("Énoxaparine 4000 UI, sous-cutané", "LOVENOX 4000 UI, solution injectable en seringue préremplie"),
            ("Diazépam 10 mg, intra-rectal", "VALIUM 10 mg/2 ml, solution injectable"),
            ("Latanoprost 50 µg, gouttes", "XALATAN 50 microgrammes/ml, collyre en solution"),
        )
    },
    **{
        f"a care that is {name}": ("BODY-TEXT-10", odd, done("completed", "Soins palliatifs", heads=("Soin", "Réalisé")))
        for name, odd in {
            "cancelled": done("cancelled"),
            "intended": done("active", mood="INT"),
            "denied": done("completed", denied=" negationInd='true'"),
            "not at home": done("completed", "Soins palliatifs", "2019", heads=("Soin", "Année", "À domicile")),
            "not told why": done("completed", "Soins palliatifs", "2019"),
            "not stopped": done("completed", "Soins palliatifs arrêtés"),
            "not of another kind": done("completed", "Soins curatifs"),
        }.items()
    },
    "a substance by its name across the ocean": (
        "BODY-NAMED-02",
        taken("Albuterol 4 mg", "SALBUTAMOL TEVA 4 mg", "salbutamol"),
        taken("Bisoprolol 4 mg", "SALBUTAMOL TEVA 4 mg", "salbutamol"),
    ),
}


test_a_passage_that_agrees_is_let_pass_and_the_fault_beside_it_told = let_pass_and_told(CASES)
