"""Rare but conformant contents, each near a contradiction that a rule warns of: it keeps silent, and still speaks of the fault."""

from __future__ import annotations

from lxml import etree
from oddities import HL7, added, let_pass_and_told

from cda_edits import NS, Edit, put

LETTER, BIRTH = "LDL-SES_2022.01", "OBP-SNE_2024.01"
STAGED = "CANCER-FRCP_2022.01_Transversale"
VSM, TESTS, VACCINES, IMAGES = "VSM_1.4_2022.01", "BIO-CR-BIO_2024.01_TSH_2", "VAC_2023.01", "IMG_CR_IMG_2024.01"
ALLERGIES, HISTORY, TREATMENTS = (f"1.3.6.1.4.1.19376.1.5.3.1.3.{arc}" for arc in (13, 8, 22))
AGENT = """<observation><participant><participantRole><playingEntity><code code='J01CA04' codeSystem='2.16.840.1.113883.6.73'/>
  </playingEntity></participantRole></participant></observation>"""
PROBLEM = "<observation{}><value xsi:type='CD' code='I10' codeSystem='2.16.840.1.113883.6.3'/></observation>"
MEDICINE = """<substanceAdministration><consumable><manufacturedProduct><manufacturedMaterial><code code='3400930000001'/>
  </manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""
ISOLATE = """<entry><organizer><specimen><specimenRole><specimenPlayingEntity><code code='1' displayName='{}'>
  <translation code='2' displayName='{}'/></code></specimenPlayingEntity></specimenRole></specimen></organizer></entry>"""
TEST = """<component><observation><templateId root='1.3.6.1.4.1.19376.1.3.1.6'/><code code='{}'><originalText>
  <reference value='#odd'/></originalText></code><effectiveTime value='{}'/></observation></component>"""
STRONGEST = """<entry><substanceAdministration><doseQuantity value='500' unit='mg'/><maxDoseQuantity>
  <numerator value='50' unit='mg'/><denominator value='1' unit='{}'/></maxDoseQuantity></substanceAdministration></entry>"""
LABELLED = "<entry><observation><code code='21906-3'/><value xsi:type='CD' code='N0' displayName='{}'/></observation></entry>"
DOSE = """<entry><substanceAdministration moodCode='EVN'><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.12'/><code code='{}'/>
  <effectiveTime value='{}'/><consumable><manufacturedProduct><manufacturedMaterial>
  <code code='{}' codeSystem='2.16.840.1.113883.6.73'/></manufacturedMaterial></manufacturedProduct></consumable>
  <entryRelationship><observation><code code='30973-2'/>
  <value xsi:type='INT' value='{}'/></observation></entryRelationship></substanceAdministration></entry>"""
ACTIVITY = """<entry><substanceAdministration><code code='440252007'/><doseQuantity value='1' unit='{}'/>
  </substanceAdministration></entry>"""
PRESCRIBED = """<entry><substanceAdministration><maxDoseQuantity><numerator value='4'/><denominator value='1' unit='d'/>
  </maxDoseQuantity><entryRelationship><substanceAdministration>
  <effectiveTime xsi:type='PIVL_TS'><period value='4' unit='h'/></effectiveTime>
  <doseQuantity><low value='1'/><high value='{}'/></doseQuantity></substanceAdministration></entryRelationship>
  </substanceAdministration></entry>"""


GIVEN = """<entry><substanceAdministration><templateId root='{template}'/><routeCode code='{route}' displayName='Voie orale'/>
  <consumable><manufacturedProduct><manufacturedMaterial><name>{name}</name></manufacturedMaterial></manufacturedProduct>
  </consumable></substanceAdministration></entry>"""
NAMED = """<entry><substanceAdministration><consumable><manufacturedProduct><manufacturedMaterial>
  <code code='60000001' displayName='{brand}'><originalText><reference value='#odd'/></originalText>
  <translation code='N02BE01' codeSystem='2.16.840.1.113883.6.73' displayName='{substance}'/></code><name>{brand}</name>
  </manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>"""
FOOD = """<entry><observation><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.6'/><code code='414285001'/><participant>
  <participantRole><playingEntity><code code='{}' codeSystem='2.16.840.1.113883.6.73'/></playingEntity></participantRole>
  </participant></observation></entry>"""
SMOKES = """<entry><observation><code code='1'/><text><reference value='#odd'/></text><value xsi:type='BL' value='false'/>
  </observation></entry>"""
SINCE = """<entry><act><entryRelationship><observation><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.5'/><text>
  <reference value='#odd'/></text><effectiveTime><low value='2017'/></effectiveTime><value xsi:type='CD' code='H36.0'
  codeSystem='2.16.840.1.113883.6.3' displayName='Rétinopathie diabétique'/></observation></entryRelationship></act></entry>"""
RENEWED = """<entry><substanceAdministration><text><reference value='#odd'/></text><repeatNumber value='3'/>
  </substanceAdministration></entry>"""
DONE = """<entry><procedure moodCode='EVN'><code code='DDAF004' displayName='Angioplastie'/><text><reference value='#odd'/></text>
  <effectiveTime value='20180303'/></procedure></entry>"""
ENDED = """<code code='11450-4' codeSystem='2.16.840.1.113883.6.1'/><entry><observation negationInd='false'><effectiveTime>
  <low value='2010'/><high value='2012'/></effectiveTime><value xsi:type='CD' code='C50'/><entryRelationship><observation>
  <value xsi:type='CD' code='{}'/></observation></entryRelationship></observation></entry>"""


def told(template: str, text: str, entry: str) -> Edit:
    return added(f"<templateId root='{template}'/><text>{text}</text><entry>{entry}</entry>")


def signed(root: str) -> Edit:
    """The author and who signs, of another profession, have one number, of this authority for who signs."""

    def write(document: etree._Element) -> None:
        author = document.xpath("c:author/c:assignedAuthor/c:id", namespaces=NS)[0]
        signer = document.xpath("c:legalAuthenticator/c:assignedEntity", namespaces=NS)[0]
        signer.find("c:id", NS).attrib.update({"root": root, "extension": author.get("extension")})
        signer.find("c:code", NS).set("code", "G15_21")

    return write


def operated(path: str) -> Edit:
    """The first effectiveTime of a treatment has an operator and what `path` says, the second none."""

    def write(root: etree._Element) -> None:
        treated = "//c:substanceAdministration[c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.7'][c:effectiveTime[2]][1]"
        first, second = root.xpath(treated, namespaces=NS)[0].findall("c:effectiveTime", NS)[:2]
        first.set("operator", "A")
        second.attrib.pop("operator", None)
        for bound in first if not path else ():
            first.remove(bound)

    return write


def given(route: str, name: str, template: str = "1.2.3") -> Edit:
    return added(GIVEN.format(route=route, name=name, template=template))


def named(text: str, brand: str, substance: str) -> Edit:
    return added(f"<text><content ID='odd'>{text}</content></text>", NAMED.format(brand=brand, substance=substance))


def in_row(*cells: str, of: str) -> Edit:
    """A table of the section has one row, of which the entry cites the first cell. of: attributes and contents of the entry."""
    row = "".join(f"<td{' ID=' + repr('odd') if place == 0 else ''}>{cell}</td>" for place, cell in enumerate(cells))
    return added(f"<text><table><tbody><tr>{row}</tr></tbody></table></text>", of)


def headed(*heads: str, row: tuple[str, ...], of: str = DONE, cited: int = 0) -> Edit:
    head = "".join(f"<th>{one}</th>" for one in heads)
    cells = "".join(f"<td{' ID=' + repr('odd') if place == cited else ''}>{cell}</td>" for place, cell in enumerate(row))
    return added(f"<text><table><thead><tr>{head}</tr></thead><tbody><tr>{cells}</tr></tbody></table></text>", of)


def titled(title: str) -> Edit:
    coded = f"<templateId root='{ALLERGIES}'/><code code='48765-2' codeSystem='2.16.840.1.113883.6.1'/>"
    return added(f"{coded}<title>{title}</title>")


def by_caesarean(words: str) -> Edit:
    def write(document: etree._Element) -> None:
        code = document.xpath("//c:procedure/c:code[@code='700000006']", namespaces=NS)[0]
        code.set("code", "11466000")
        text = next(section for section in code.iterancestors(f"{{{HL7}}}section")).find("c:text", NS)
        text.append(etree.fromstring(f"<paragraph xmlns='{HL7}'>{words}</paragraph>"))

    return write


def delivered(section: str) -> Edit:
    return added(
        f"<code code='{section}' codeSystem='2.16.840.1.113883.6.1'/>",
        "<entry><procedure moodCode='EVN'><code code='700000006'/><effectiveTime value='20190101'/></procedure></entry>",
    )


RPPS = "1.2.250.1.71.4.2.1"
NO_ALLERGY = told(ALLERGIES, "Aucune allergie connue à ce jour.", AGENT)
NO_TREATMENT = told(TREATMENTS, "Pas de traitement en cours", MEDICINE)
NO_HISTORY = told(HISTORY, "Aucun antécédent notable.", PROBLEM.format(""))
NEGATED = """<observation negationInd='true'><text><reference value='#odd'/></text>
  <value xsi:type='CD' code='I10' displayName='Hypertension essentielle' codeSystem='2.16.840.1.113883.6.3'/></observation>"""
ASSERTED = told(HISTORY, "<paragraph ID='odd'>Hypertension</paragraph>", NEGATED)
VACCINATION = "1.3.6.1.4.1.19376.1.5.3.1.4.12"
ANOTHER_DAY = headed("Acte", "Fait", row=("Angioplastie", "05/06/2020"))
OTHER_ISOLATE = added(ISOLATE.format("Staphylococcus aureus", "Escherichia coli"))
TEST_TWICE = added("<entry><organizer>", TEST.format("3016-3", "2024"), TEST.format("3016-3", "2024"), "</organizer></entry>")
SWAPPED = added(DOSE.format("INITIMMUNIZ", "20190101", "J07BB", 2), DOSE.format("INITIMMUNIZ", "20190201", "J07BB", 1))
# rule, example, what it lets pass, what it tells
CASES: dict[str, tuple[str, str, Edit, Edit]] = {
    **{
        said: ("BODY-NONE-01", VSM, told(ALLERGIES, said, AGENT), NO_ALLERGY)
        for said in (
            "Aucune allergie connue, hormis la pénicilline (urticaire).",
            "Aucune allergie en dehors de l’amoxicilline",
            "Aucune allergie alimentaire ; allergie à l'amoxicilline.",
            "Pas d'allergie alimentaire. Allergie à l'amoxicilline : éruption en 2010.",
            "<paragraph>Aucune allergie alimentaire</paragraph><paragraph>Amoxicilline : urticaire</paragraph>",
        )
    },
    **{
        said: ("BODY-NONE-01", VSM, told(TREATMENTS, said, MEDICINE), NO_TREATMENT)
        for said in (
            "Aucun traitement n'a été modifié pendant le séjour",
            "AUCUN TRAITEMENT MODIFIÉ",
            "Aucun traitement à l'entrée ; à la sortie amlodipine",
            "Pas d'antécédent de traitement anticoagulant. Amlodipine 5 mg",
        )
    },
    **{
        said: ("BODY-NONE-01", VSM, told(HISTORY, said, PROBLEM.format("")), NO_HISTORY)
        for said in ("Aucun antécédent chirurgical. HTA depuis 2010.", "Aucune pathologie aiguë, HTA équilibrée")
    },
    **{
        said: ("BODY-NEGATED-05", VSM, told(HISTORY, f"<paragraph ID='odd'>{said}</paragraph>", NEGATED), ASSERTED)
        for said in (
            "HTA : réfutée",
            "Le patient nie toute HTA",
            "Hypothèse d’HTA abandonnée",
            "HTA : faux diagnostic",
            "HTA (−)",
            "HTA (-)",
            "HTA : 0",
            "HTA : N",
            "HTA : N</paragraph><paragraph>Diabète",
            "HTA : -</paragraph><paragraph>Diabète",
            "HTA ☐",
            "N’a plus d’HTA",
            "HTA improbable",
            "No known hypertension",
            "Ni HTA ni diabète",
            "HTA [ ]",
            "HTA -",
            "HTA : Ø",
            "Diagnostic d’HTA erroné",
            "Vaccin indisponible",
            "Opposition des parents",
            "<table><tbody><tr><td>HTA</td><td>N</td></tr><tr><td>Diabète</td><td>O</td></tr></tbody></table>",
            "Reportée",
            "Vaccination annulée",
            "Hypertension : RAS",
            "Hypertension chez le père",
            "Hypertension : normale",
            "Libre d'hypertension",
        )
    },
    **{
        f"a problem that is denied, in {beside.format(said)}": (
            "BODY-NEGATED-05",
            VSM,
            told(HISTORY, beside.format(said), NEGATED),
            told(HISTORY, beside.format(""), NEGATED),
        )
        for said in ("bilan normal", "chez le père")
        for beside in (
            "<table><tbody><tr><td>2018</td><td ID='odd'>Hypertension</td><td>2019{}</td></tr></tbody></table>",
            "<paragraph><content ID='odd'>Hypertension</content> {}</paragraph>",
        )
    },
    **{
        f"a problem that is denied, in {beside}": (
            "BODY-NEGATED-05",
            VSM,
            told(HISTORY, beside.format("(normale en 2012)"), NEGATED),
            told(HISTORY, beside.format(""), NEGATED),
        )
        for beside in (
            "<paragraph ID='odd'>[CIM-10 : I10] Hypertension {}</paragraph>",
            "<table><tbody><tr><td>Hypertension essentielle</td><td ID='odd'>Hypertension (I10) {}</td></tr></tbody></table>",
        )
    },
    **{
        f"at most 50 mg by {unit}": ("BODY-DOSE-09", VSM, added(STRONGEST.format(unit)), added(STRONGEST.format("d")))
        for unit in ("kg", "min", "h", "m2")
    },
    **{
        said: ("BODY-TNM-02", STAGED, added(LABELLED.format(said)), added(LABELLED.format("Métastase ganglionnaire")))
        for said in (
            "Ganglions indemnes de métastase",
            "Métastase ganglionnaire : négatif",
            "Ni métastase ni micrométastase",
            "Atteinte par cellules tumorales isolées",
        )
    },
    "nodes that are free, told of N1": (
        "BODY-TNM-02",
        STAGED,
        added(LABELLED.replace("N0", "N1").format("Pas de fixité, métastase homolatérale")),
        added(LABELLED.replace("N0", "N1").format("Pas de métastase")),
    ),
    **{
        f"{one} is {other}": ("BIO-ISOLATE", TESTS, added(ISOLATE.format(one, other)), OTHER_ISOLATE)
        for one, other in (
            ("Sang veineux", "Blood venous"),
            ("Levures", "Candida albicans"),
            ("SARM", "Staphylococcus aureus"),
            ("Bacille pyocyanique", "Pseudomonas aeruginosa"),
            ("Cutibacterium acnes", "Propionibacterium acnes"),
        )
    },
    "a count and its percentage, of one name": (
        "BIO-PASSAGE",
        TESTS,
        added("<entry><organizer>", TEST.format("770-8", "2024"), TEST.format("751-8", "2024"), "</organizer></entry>"),
        TEST_TWICE,
    ),
    "a test at two times, of one name": (
        "BIO-PASSAGE",
        TESTS,
        added(
            "<entry><organizer>",
            TEST.format("1558-6", "202401010800"),
            TEST.format("1558-6", "202401011000"),
            "</organizer></entry>",
        ),
        TEST_TWICE,
    ),
    "vaccinated each season": (
        "BODY-VACCINE-03",
        VACCINES,
        added(
            *(DOSE.format("INITIMMUNIZ", day, "J07BB", rank) for day, rank in (("20191001", 1), ("20191105", 2), ("20201001", 1)))
        ),
        SWAPPED,
    ),
    "a booster after the third dose, of a general code": (
        "BODY-VACCINE-03",
        VACCINES,
        added(DOSE.format("IMMUNIZ", "20190501", "J07CA", 3), DOSE.format("IMMUNIZ", "20250301", "J07CA", 1)),
        SWAPPED,
    ),
    "BCG by the code of its other use": (
        "BODY-VACCINE-01",
        VACCINES,
        added(DOSE.format("IMMUNIZ", "20190501", "L03AX03", 1)),
        added(DOSE.format("IMMUNIZ", "20190501", "L03AX04", 1)),
    ),
    "an activity by weight": ("IMG-ACTIVITY", IMAGES, added(ACTIVITY.format("MBq/kg")), added(ACTIVITY.format("mg"))),
    "a capsule of iodine": ("IMG-ACTIVITY", IMAGES, added(ACTIVITY.format("{capsule}")), added(ACTIVITY.format("mg"))),
    "every four hours, at most four a day": (
        "EP-MAXIMUM",
        "eP-MED-DM_2024.01_PosoStruct",
        added(PRESCRIBED.format(1)),
        added(PRESCRIBED.format(5)),
    ),
    **{
        f"{name} by the mouth": ("BODY-ROUTE", LETTER, given("20053000", name), given("20053000", name, VACCINATION))
        for name in ("VANCOMYCINE 500 mg, poudre pour solution injectable", "ACUPAN 20 mg/2 ml, solution injectable")
    },
    **{
        f"{text} is {brand}": ("BODY-NAMED-02", LETTER, named(text, brand, substance), named("Amiodarone 200 mg", brand, substance))
        for text, brand, substance in (
            ("Vitamine D 100 000 UI", "UVEDOSE 100 000 UI", "colécalciférol"),
            ("Aspirine 75 mg", "KARDEGIC 75 mg", "acide acétylsalicylique"),
            ("Antivitamine K 20 mg", "PREVISCAN 20 mg", "fluindione"),
            ("Pénicilline G 600 mg", "EXTENCILLINE 600 mg", "benzylpénicilline"),
            ("Kardegic 75 mg", "ACIDE ACETYLSALICYLIQUE 75 mg", "acide acétylsalicylique"),  # another brand
            ("Sachet de 75 mg", "KARDEGIC 75 mg", "acide acétylsalicylique"),
            ("Augmenter à 10 mg", "TRIATEC 10 mg", "ramipril"),
        )
    },
    **{
        f"an allergy to {agent} in food": ("BODY-ALLERGY", LETTER, added(FOOD.format(agent)), added(FOOD.format("J01CA04")))
        for agent in ("V01AA08", "B05AA06", "N06BC01", "C10AX06")
    },
    "a tuberculin test among vaccinations": (
        "BODY-VACCINE-01",
        VACCINES,
        added(DOSE.format("IMMUNIZ", "20190501", "V04CF01", 1)),
        added(DOSE.format("IMMUNIZ", "20190501", "J01CA04", 1)),
    ),
    **{
        f"{name}: yes": ("BODY-TEXT-10", VSM, in_row(name, "Oui", of=SMOKES), in_row("Fumeur", "Oui", of=SMOKES))
        for name in ("Non fumeur", "Absence de tabac", "Tabagisme écarté")
    },
    **{
        f"dated {row[1]}, then {row[2]}": ("BODY-TEXT-12", VSM, headed("Acte", "Fait", "Après", row=row), ANOTHER_DAY)
        for row in (
            ("Angioplastie", "3 mars 2018", "01/03/2028"),
            ("Angioplastie", "03/03/18", "05/06/2020"),
            ("Angioplastie", "03.03.2018", "05/06/2020"),
            ("Angioplastie", "2018-03-03", "05/06/2020"),
        )
    },
    **{
        f"a date under {head}": ("BODY-TEXT-12", VSM, headed("Acte", head, row=("Angioplastie", "05/06/2020")), ANOTHER_DAY)
        for head in ("Mis à jour le", "Péremption", "Prochain contrôle", "Saisi le")
    },
    "a date under the heading of its column, not of its table": (
        "BODY-TEXT-12",
        VSM,
        headed("Actes", "Mis à jour le", row=("Angioplastie", "-", "05/06/2020")),
        headed("Actes", "Fait le", row=("Angioplastie", "-", "05/06/2020")),
    ),
    "the year of the disease that it complicates": (
        "BODY-TEXT-12",
        VSM,
        headed("Depuis", "Fait", "Complication", row=("2007", "Diabète", "Rétinopathie"), of=SINCE, cited=2),
        headed("Depuis", "Fait", row=("2007", "Rétinopathie"), of=SINCE, cited=1),
    ),
    "the year of a beginning, told in another column": (
        "BODY-TEXT-12",
        VSM,
        headed("Depuis", "Fait", row=("2007", "Rétinopathie (diagnostiquée en 2017)"), of=SINCE, cited=1),
        headed("Depuis", "Fait", row=("2007", "Rétinopathie"), of=SINCE, cited=1),
    ),
    **{
        f"a number under {head}": (
            "BODY-TEXT-22",
            VSM,
            headed("Posologie", head, row=("1 le soir", "6"), of=RENEWED),
            headed("Posologie", "Nombre de renouvellements", row=("1 le soir", "6"), of=RENEWED),
        )
        for head in ("Renouvellement (mois)", "Renouvelable", "Renouvellements restants", "Nombre de boîtes par renouvellement")
    },
    **{
        f"{result}, a result of {test}": ("BODY-TEXT-18", LETTER, in_row(test, result, of=""), in_row("Remarque", "null", of=""))
        for test, result in (("GSTM1", "null"), ("Antigène Kell", "null"), ("p53 (immunohistochimie)", "null"), ("Effet", "nul"))
    },
    **{
        f"allergies titled {title}": ("BODY-TITLE-01", VSM, titled(title), titled("Traitements en cours"))
        for title in ("Médicaments", "Antécédents", "Traitements mal tolérés", "3. Allergies", "Allergies and intolerances")
    },
    "an answer with its box, beside that of another": (
        "BODY-TEXT-10",
        VSM,
        in_row("Oui ☑", "Non", of=SMOKES.replace("false", "true")),
        in_row("Fumeur", "Non", of=SMOKES.replace("false", "true")),
    ),
    "a cancer in remission among active problems": (
        "BODY-ACTIVE-01",
        VSM,
        added(ENDED.format("remission")),
        added(ENDED.format("active")),
    ),
    "a vacuum that failed before a caesarean section": (
        "OBP-CAESAREAN",
        BIRTH,
        by_caesarean("Échec de ventouse, césarienne en urgence"),
        by_caesarean("Voie basse"),
    ),
    "an earlier delivery of the mother": ("OBP-BIRTH", BIRTH, delivered("10162-6"), delivered("57074-7")),
    "a fact found before birth": (
        "BODY-FACT-02",
        STAGED,
        added("<entry><act moodCode='EVN'><effectiveTime value='{}'/></act></entry>".format("19781201")),
        added("<entry><act moodCode='EVN'><effectiveTime value='{}'/></act></entry>".format("19201201")),
    ),
    "one number of two authorities": ("ACTOR-PERSON-TWO-PROFESSIONS", VSM, signed("1.2.250.1.213.9.1"), signed(RPPS)),
    "an act of the CCAM with its activity and phase": (
        "BODY-CODE-05",
        LETTER,
        put("//c:procedure/c:code[@code='ECQH010']", "code", "ECQH01010"),
        put("//c:procedure/c:code[@code='ECQH010']", "code", "ECQH010ECQH010"),
    ),
    "a period with an operator": ("BODY-DOSE-10", VSM, operated("bounds"), operated("")),
}


test_a_rule_lets_an_oddity_pass_and_tells_the_fault_beside_it = let_pass_and_told(CASES)
