"""Other ways of writing that are as good: lines within a passage, accents apart, a limb, what lacks, a brand made of a stem."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree
from oddities import DIAGNOSIS, ODD, RELATIVE, SCORE, added, alone, doses, let_pass_and_told, of, row

from cda_edits import NS, Edit, all_of, put

ANSWER = f"<observation><code code='1' displayName='{{}}'/><text>{ODD}</text><value xsi:type='BL' value='{{}}'/></observation>"
DENIED = f"""<entry><observation negationInd='true'><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.5'/><code code='1'/>
  <text>{ODD}</text><value xsi:type='CD' code='I21.9' displayName='Infarctus'/></observation></entry>"""
AGENT = f"""<observation><participant><participantRole><playingEntity><code code='1' displayName='{{}}'>
  <originalText>{ODD}</originalText></code></playingEntity></participantRole></participant></observation>"""
NAMED = "<text><content ID='{}'>x</content></text>"
UNTIL = f"""<substanceAdministration><text>{ODD}</text><effectiveTime xsi:type='IVL_TS'><low {{}}/><high value='20191121'/>
  </effectiveTime></substanceAdministration>"""
TAKEN = """<substanceAdministration><effectiveTime><low value='202001'/><high value='{0}'/></effectiveTime>
  <entryRelationship typeCode='COMP'><substanceAdministration><effectiveTime><low value='{0}'/><width value='4' unit='d'/>
  </effectiveTime></substanceAdministration></entryRelationship></substanceAdministration>"""
REACTED = """<substanceAdministration moodCode='EVN'><effectiveTime value='20090928094914+0100'/>
  <entryRelationship typeCode='CAUS'><observation><effectiveTime value='{}'/></observation></entryRelationship>
  </substanceAdministration>"""


def on_its_line(path: str, put: Callable[[str], str]) -> Edit:
    def write(root: etree._Element) -> None:
        for element in root.xpath(path, namespaces=NS):
            element.text = put(element.text)

    return write


def denied(cell: str) -> Edit:
    """In a section of antecedents, an entry that is denied beside what its row says."""
    said = f"<text><table><tbody><tr><td ID='odd'>Infarctus</td><td>{cell}</td></tr></tbody></table></text>"
    return added("<templateId root='1.3.6.1.4.1.19376.1.5.3.1.3.8'/>", said, DENIED)


def mothers(root: str) -> Edit:
    """Two relatives under one number, each of a register."""
    each = (("1.2.250.1.999.1", "Anne"), (root, "Zoé"))
    return added("<text>-</text>", *(RELATIVE.format(register, given) for register, given in each))


def mailbox(family: str, given: str = "Anne") -> Edit:
    """The author is told under the names, and writes from that of a MARTIN, whose name another person has."""

    def write(root: etree._Element) -> None:
        author = root.xpath("c:author/c:assignedAuthor", namespaces=NS)[0]
        author.xpath("c:id", namespaces=NS)[0].set("root", "1.2.250.1.71.4.2.1")
        author.xpath("c:telecom", namespaces=NS)[0].set("value", "mailto:paul.martin@medecin.mssante.fr")
        name = author.xpath("c:assignedPerson/c:name", namespaces=NS)[0]
        name.xpath("c:family", namespaces=NS)[0].text, name.xpath("c:given", namespaces=NS)[0].text = family, given
        other = root.xpath("c:legalAuthenticator//c:assignedPerson/c:name", namespaces=NS)[0]
        other.xpath("c:family", namespaces=NS)[0].text, other.xpath("c:given", namespaces=NS)[0].text = "MARTIN", "Paul"

    return write


def called_ccam(system: str) -> Edit:
    act = "c:documentationOf[1]/c:serviceEvent/c:code"
    return all_of(put(act, "codeSystemName", "CCAM"), put(act, "codeSystem", system))


# what it is -> (the rule, the content that it lets pass, the one that it tells)
CASES: dict[str, tuple[str, Edit, Edit]] = {
    "CCAM as imaging and PDSm call it": ("TYPE-SYSTEM-NAME", called_ccam("1.2.250.1.213.2.5"), called_ccam("1.2.250.1.213.2.12")),
    **{
        f"{told}, {label}": ("BODY-TEXT-11", of(told, DIAGNOSIS.format(label)), of(wrong, DIAGNOSIS.format(label)))
        for told, label, wrong in (
            ("HPV non<br/>détecté", "HPV non détecté", "HPV<br/>détecté"),
            ("Fracture du membre supérieur", "Fracture de l’extrémité inférieure du radius", "Fracture supérieure du radius"),
            ("TVP du membre inférieur", "Thrombose des membres inférieurs", "Thrombose du membre supérieur"),
            ("Néphrectomie (rein droit présent)", "Absence acquise de rein", "Rein présent"),
            ("Prothèse (absence de descellement des implants)", "Présence d’implants", "Absence d’implants"),
            ("Ag HBs Nég. (anticorps positifs)", "Négatif", "Positif"),
            ("faux positif", "Négatif", "positif"),
            ("Mesure en pos. debout", "Négatif", "Mesure pos."),
            ("Test positif infirmé", "Négatif", "Test positif"),
            ("Seuil de positivité : 10 ; résultat 2", "Négatif", "Positivité"),
            ("n’est plus présent", "Absent", "présent"),
            ("TVP du bras, membres inférieurs libres", "Thrombose du membre supérieur", "Thrombose des membres inférieurs"),
            ("EGFR muté ; ALK non détecté", "Mutation EGFR détectée", "Mutation EGFR non détectée"),
            ("AVC occipital gauche", "Hémianopsie droite", "Œil gauche"),
        )
    },
    "a palsy of the side that the brain does not have": (
        "BODY-TEXT-11",
        of("AVC sylvien droit", DIAGNOSIS.format("Hémiplégie, côté gauche")),
        of("AVC sylvien droit", DIAGNOSIS.format("AVC sylvien gauche")),
    ),
    "a name that tells of another result, and its own beside": (
        "BODY-TEXT-11",
        row(DIAGNOSIS.format("Négatif"), "Ag HBs (anticorps positifs)", "Négatif"),
        row(DIAGNOSIS.format("Négatif"), "Ag HBs", "Positif"),
    ),
    "a word in brackets in the cell beside": (
        "BODY-TEXT-11",
        row(DIAGNOSIS.format("Rhésus positif"), "A pos", "Groupe (RAI négative)"),
        row(DIAGNOSIS.format("Rhésus positif"), "A", "Négatif"),
    ),
    **{
        f"{asked} of {label}": (
            "BODY-TEXT-10",
            row(ANSWER.format(label, truth), asked, said, cited=cited),
            row(ANSWER.format(label, truth), label, said, cited=cited),
        )
        for asked, label, said, truth, cited in (
            ("Patient vivant", "Décès", "Oui", "false", 1),
            ("Allaitement artificiel", "Allaitement maternel", "Oui", "false", 0),
            ("Antécédent de transfusion", "Transfusion", "Oui", "false", 0),
            ("Dépistage de BMR fait", "Portage de BMR", "Oui", "false", 1),
            ("Allaitement artificiel", "Allaitement maternel", "Non", "true", 1),
        )
    },
    "an answer to a question in other words": (
        "BODY-TEXT-10",
        row(ANSWER.format("Bactérie Multi Résistante", "false"), "29/03/2024", "Une bactérie multirésistante ?", "Non", cited=1),
        row(ANSWER.format("Bactérie Multi Résistante", "false"), "29/03/2024", "Une bactérie multirésistante ?", "Oui", cited=1),
    ),
    "a bar that denies": ("BODY-NEGATED-05", denied("/"), denied("12/2019")),
    **{
        f"{brand}, {substance}": ("BODY-NAMED-01", of(brand, AGENT.format(substance)), of(other, AGENT.format(substance)))
        for brand, substance, other in (
            ("Extencilline", "benzylpénicilline", "Ofloxacine"),
            ("Cordarone", "amiodarone", "Ofloxacine"),
            ("Fraxiparine", "nadroparine", "Ofloxacine"),
        )
    },
    "an identifier whose accents stand apart": (
        "CDA-FORM",
        added(NAMED.format("pe\u0301riode")),
        added(NAMED.format("2e-periode")),
    ),
    "a reaction as above": ("BODY-TEXT-31", doses("cf. ci-dessus"), doses("urticaire")),
    "numbers of two registers": ("BODY-PATIENT-05", mothers("1.2.250.1.999.2"), mothers("1.2.250.1.999.1")),
    "a score of several minutes": (
        "BODY-SCORE-03",
        of("Apgar à 1 min : 8, à 5 min : 10", SCORE),
        of("Apgar à 1 min : 8", SCORE),
    ),
    "a mailbox of one who bears no name": ("MSS-NAMED", mailbox(""), mailbox("BREST")),
    "a mailbox in the name of birth": ("MSS-NAMED", mailbox("BREST", "Paul"), mailbox("BREST")),
    "a mailbox in one name of two": ("MSS-NAMED", mailbox("MARTIN-BREST"), mailbox("BREST")),
    "a narrative cited as a whole": (
        "BODY-TEXT-11",
        added("<text ID='odd'><paragraph>HPV détecté</paragraph></text>", f"<entry>{DIAGNOSIS.format('HPV non détecté')}</entry>"),
        added("<text ID='odd'>HPV détecté</text>", f"<entry>{DIAGNOSIS.format('HPV non détecté')}</entry>"),
    ),
    "a treatment of which the beginning is not known": (
        "BODY-TEXT-12",
        row(UNTIL.format("nullFlavor='UNK'"), "X", "19/11/2019", heads=("Nom", "Depuis")),
        row(UNTIL.format("value='20191110'"), "X", "19/11/2019", heads=("Nom", "Depuis")),
    ),
    "takes of a month": ("BODY-DOSE-08", alone(TAKEN.format("202001")), alone(TAKEN.format("20200131"))),
    "a reaction of the day, at its midnight": (
        "BODY-FACT-05",
        alone(REACTED.format("20090928000000+0200")),
        alone(REACTED.format("20090927")),
    ),
    "a county on a line of its own": (
        "INS-R05-COG",
        on_its_line("//c:birthplace//c:county", "\n  {}\n".format),
        on_its_line("//c:birthplace//c:county", "{}0".format),
    ),
}


test_a_writing_that_is_as_good_is_let_pass_and_the_fault_beside_it_told = let_pass_and_told(CASES)
