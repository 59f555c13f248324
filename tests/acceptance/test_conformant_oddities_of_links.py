"""Links, pictures, numbers and steps that are written otherwise and as well; beside each the fault that is told."""

from __future__ import annotations

from lxml import etree
from oddities import ODD, RELATIVE, SCORE, added, doses, let_pass_and_told, of

from cda_edits import NS, Edit

STEP = f"""<substanceAdministration><effectiveTime xsi:type='SXPR_TS'><comp xsi:type='IVL_TS'><low value='20231203'/></comp>{{}}
  <comp xsi:type='PIVL_TS'><period value='12' unit='h'><translation><originalText>{ODD}</originalText></translation></period></comp>
  </effectiveTime></substanceAdministration>"""


def relatives(first: str, second: str, number: str = "12", kinds: tuple[str, str] = ("MTH", "MTH")) -> Edit:
    """Two subjects under one number, each by a given name and a relation to the patient."""
    register = RELATIVE.replace("'12'", f"'{number}'")
    each = zip(kinds, (first, second), strict=True)
    return added(
        "<text>-</text>",
        *(
            register.format("1.2.250.1.999.1", given).replace("<relatedSubject>", f"<relatedSubject><code code='{kind}'/>")
            for kind, given in each
        ),
    )


def patient(value: str, use: str, country: str = "FRANCE") -> Edit:
    """The patient has one telecom, and lives there."""

    def write(root: etree._Element) -> None:
        role = root.xpath("c:recordTarget/c:patientRole", namespaces=NS)[0]
        first, *others = role.xpath("c:telecom", namespaces=NS)
        for other in others:
            role.remove(other)
        first.attrib.pop("nullFlavor", None)
        first.set("value", value)
        first.set("use", use)
        for address in role.xpath("c:addr", namespaces=NS):
            for told in address.xpath("c:country", namespaces=NS):
                address.remove(told)
            etree.SubElement(address, f"{{{NS['c']}}}country").text = country

    return write


def because(by: str) -> Edit:
    """The second row is cited as a whole, and its entry cites the name in the first as its reason; the first entry cites it too."""
    own = {"code": "<code code='1'><originalText>{0}</originalText></code>", "text": "<code code='1'/><text>{0}</text>"}[by]
    named = own.format("<reference value='#n1'/>")
    reason = "<code code='1'/><text><reference value='#n1'/></text>"
    entries = (
        f"<observation><code code='1'/><entryRelationship><observation>{named}</observation></entryRelationship></observation>",
        "<observation><code code='1'/><text><reference value='#odd-2'/></text><entryRelationship><observation>"
        f"{reason}</observation></entryRelationship></observation>",
    )
    rows = "".join(f"<tr ID='odd-{n}'><td ID='n{n}'>{said}</td></tr>" for n, said in ((1, "Hypertension"), (2, "Néphropathie")))
    return added(f"<text><table><tbody>{rows}</tbody></table></text>", *(f"<entry>{entry}</entry>" for entry in entries))


def reasoned(held: str) -> Edit:
    """An act holds a treatment, whose reason is the act; and an observation of a value, or of none."""
    reason = """<entryRelationship typeCode='RSON'><act classCode='ACT' moodCode='EVN'>
      <templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.4.1'/><id root='11111111-0000-4000-8000-000000000009'/>
      <code code='I10' codeSystem='2.16.840.1.113883.6.3'/></act></entryRelationship>"""
    return added(
        "<text>-</text><entry><act classCode='ACT' moodCode='EVN'><id root='11111111-0000-4000-8000-000000000009'/>",
        f"<code code='1'/><entryRelationship><observation classCode='OBS' moodCode='EVN'>{held}</observation></entryRelationship>",
        "<entryRelationship><substanceAdministration classCode='SBADM' moodCode='EVN'>",
        f"{reason}</substanceAdministration></entryRelationship></act></entry>",
    )


def withdrawn(status: str) -> Edit:
    """An entry of the status cites a passage that is deleted."""
    return added(
        "<text><content ID='odd' revised='delete'>Aspirine</content></text><entry><act>",
        f"<text>{ODD}</text><statusCode code='{status}'/></act></entry>",
    )


def attending(until: str) -> Edit:
    """Two people are the attending physician, the first of them until a day."""
    each = (("810000000013", "UN", f"<time><low value='2010'/>{until}</time>"), ("810000000021", "AUTRE", ""))

    def write(root: etree._Element) -> None:
        for told in root.xpath("//*[c:functionCode/@code='PCP']", namespaces=NS):
            told.getparent().remove(told)
        for number, family, when in each:
            participant = f"""<participant xmlns='{NS["c"]}' typeCode='INF'><functionCode code='PCP'/>{when}
              <associatedEntity classCode='PROV'><id root='1.2.250.1.71.4.2.1' extension='{number}'/><associatedPerson><name>
              <family>{family}</family></name></associatedPerson></associatedEntity></participant>"""
            root.append(etree.fromstring(participant))

    return write


def media(*shown: str) -> Edit:
    """Of two sections the first holds `b` and the second `a`; each shows what is told, and a third what is left."""

    def write(root: etree._Element) -> None:
        for name, held in zip(shown, ("b", "a", ""), strict=False):
            entry = f"<entry><observationMedia ID='{held}'/></entry>" if held else ""
            added(f"<text><renderMultiMedia referencedObject='{name}'/></text>{entry}")(root)

    return write


DEVICES = "<templateId root='1.3.6.1.4.1.19376.1.5.3.1.1.5.3.5'/>"
ANOTHER = "Patiente : DUPONT Anne, née le 01/01/1981."

# what it is -> (the rule, the content that it lets pass, the one that it tells)
CASES: dict[str, tuple[str, Edit, Edit]] = {
    **{
        f"a text that begins: {told}": (
            "BODY-PATIENT-TOLD",
            added(f"<text><paragraph>{told}</paragraph></text>"),
            added(f"<text><paragraph>{ANOTHER}</paragraph></text>"),
        )
        for told in (
            "Patiente : PAT-TROIS Dominique, née le 28/03/1979.",
            "Patiente née le 28/03/1979, suivie depuis 2010.",
            "Patiente mère d'une fille née le 12/05/2015.",
            "Patient : Bébé PAT-TROIS, né le 12/05/2015.",
            "Patiente accompagnée de Jean, né le 12/05/2015.",
            "Patient n° 1234, né en mars 1979.",
            "Patiente vue le 12/05/2018.",
            "Patiente dont le conjoint est né le 12/05/1970.",
        )
    },
    "a text on the newborn, who is the subject of its section": (
        "BODY-PATIENT-TOLD",
        added(f"<text><paragraph>{ANOTHER}</paragraph></text>", "<subject><relatedSubject classCode='PRS'/></subject>"),
        added(f"<text><paragraph>{ANOTHER}</paragraph></text>"),
    ),
    "another entry than devices, in a section of IHE alone": (
        "section.medical-devices:devices.card",
        added(DEVICES, "<entry><act/></entry>"),
        added(DEVICES, "<templateId root='1.2.250.1.213.1.1.2.1'/>", "<entry><act/></entry>"),
    ),
    "an advice to those of an age": (
        "BODY-PATIENT-TOLD",
        added("<text><paragraph>Patient de 99 ans et plus : vaccination.</paragraph></text>"),
        added("<text><paragraph>Patient de 99 ans, hypertendu.</paragraph></text>"),
    ),
    **{
        f"a link to {link}": (
            "REF-LINK",
            added(f"<text><linkHtml href='{link}'>Annexe</linkHtml><content ID='pé'>Annexe</content></text>"),
            added("<text><linkHtml href='#annexe'>Annexe</linkHtml></text>"),
        )
        for link in ("#top", "#p%C3%A9")
    },
    "an entry withdrawn with its passage": ("REF-DELETED", withdrawn("nullified"), withdrawn("completed")),
    "an attending physician of former days": ("ACTOR-ATTENDING-ONE", attending("<high value='2015'/>"), attending("")),
    **{
        f"a {nature}": ("TYPE-TELECOM-MOBILE", patient(f"tel:{number}", "MC", country), patient("tel:0470123456", "MC", "FRANCE"))
        for nature, number, country in (
            ("mobile of Belgium", "0470123456", "BELGIQUE"),
            ("mobile with its trunk zero", "+33(0)612345678", "FRANCE"),
        )
    },
    **{
        f"a number {nature}": ("TYPE-TELECOM", patient(f"tel:{number}", "H", country), patient("tel:144534551", "H", "FRANCE"))
        for nature, number, country in (
            ("of Luxembourg", "621123456", "LUXEMBOURG"),
            ("of Spain", "+34612345678", "FRANCE"),
            ("of New Caledonia", "+687123456", "FRANCE"),
            ("of Brazil, as it is written there", "33991234567", "BRÉSIL"),
            ("of Quebec", "15145550123", "CANADA"),
            ("of Monaco", "+37793150000", "MONACO"),
            ("of Guadeloupe", "+590590123456", "FRANCE"),
            ("by 00", "0033144534551", "FRANCE"),
            ("with an extension", "+33144534551;ext=12", "FRANCE"),
            ("within a country told after it", "621123456;phone-context=+352", "FRANCE"),
            ("with its signs", "+33-1-44-53-45-51", "FRANCE"),
            ("that is short", "3966", "FRANCE"),
        )
    },
    **{
        f"a mailbox of {domain} for {use}": (
            "INS-R08-DOMAIN",
            patient(f"mailto:paul.martin@{domain}", use),
            patient("mailto:paul.martin@medecin.mssante.fr", "H"),
        )
        for domain, use in (("medecin.mssante.fr", "WP"), ("patient.formation.mssante.fr", "H"))
    },
    **{
        f"a step, {told}": ("BODY-DOSE-13", of(told, STEP.format("")), of("2 fois/j à partir du 10/12/2023", STEP.format("")))
        for told in (
            "2 fois/j, à réévaluer à partir du 10/12/2023",
            "1 cp/j puis 2 cp/j à partir du 10/12/2023",
            "1 cp matin et soir ; reprise du travail à partir du 10/12/2023",
            "2 fois/j (ne plus prendre à partir du 10/12/2023)",
            "2/j, arrêt possible dès le 10/12/2023",
        )
    },
    "a step that follows another": (
        "BODY-DOSE-13",
        of("2 fois/j à partir du 10/12/2023", STEP.format("<comp xsi:type='IVL_TS'><low value='20231210'/></comp>")),
        of("2 fois/j à partir du 10/12/2023", STEP.format("")),
    ),
    **{
        f"{told}": ("BODY-SCORE-03", of(told, SCORE), of("Apgar à 1 min : 8", SCORE))
        for told in ("Apgar à 1 min, 5 et 10 minutes", "Apgar 1 mn/5/10 : 8/10/10", "Apgar à 1 minute : 8, cinq minutes : 9")
    },
    **{
        f"a reaction {told}": ("BODY-TEXT-31", doses(told), doses("urticaire"))
        for told in ("(idem)", "ci-dessus", "comme la première")
    },
    "the name of one that is the reason of another": ("BODY-TEXT-31", because("code"), because("text")),
    **{
        f"one number of {', '.join(given)}": ("BODY-PATIENT-05", relatives(*given), relatives("Jean-Pierre", "Luc"))
        for given in (("Jean-Pierre", "JP"), ("Jean-Pierre", "Jeanpierre"), ("Catherine", "Cathy"))
    },
    "a child before its birth and after": (
        "BODY-PATIENT-05",
        relatives("Ruth", "Zoé", kinds=("CHILD", "CHILD")),
        relatives("Ruth", "Zoé", kinds=("SIS", "SIS")),
    ),
    "a number that is none": ("BODY-PATIENT-05", relatives("Anne", "Zoé", "000"), relatives("Anne", "Zoé")),
    "two relatives under the number of a parent": (
        "BODY-PATIENT-05",
        relatives("Anne", "Paul", kinds=("SIS", "BRO")),
        relatives("Anne", "Paul", kinds=("SIS", "SIS")),
    ),
    "a treatment whose reason is the encounter that holds both": (
        "BODY-LINK-03",
        reasoned("<value xsi:type='CD' code='I10' codeSystem='2.16.840.1.113883.6.3'/>"),
        reasoned(""),
    ),
    "a picture that several sections show": ("BODY-MEDIA-SHOWN", media("a", "b", "b"), media("a")),
}


test_a_writing_that_is_as_good_is_let_pass_and_the_fault_beside_it_told = let_pass_and_told(CASES)
