"""Remarks about a document as a whole: not the volet asked for, a profile no longer in force, a body that is not judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..library import is_in_force
from ..model import ProfileHead, Severity, Text
from ..values import dataclass
from .node import Node

_SHOWN = 10  # templates that a message tells


@dataclass(frozen=True, slots=True)
class Remark:
    rule: str
    severity: Severity
    message: Text
    hint: Text


def mismatch(head: ProfileHead) -> Remark:
    """The document does not claim the profile it was asked to be judged with."""
    wanted = head.template or ", ".join(code for code, _ in head.codes)
    return Remark(
        "document.profile",
        Severity.ERROR,
        Text(
            f"Le document ne se dit pas conforme à « {head.title.fr} ».", f'The document does not claim to be a "{head.title.en}".'
        ),
        Text(f"Attendu : {wanted}. Est-ce le bon --profile ?", f"Expected: {wanted}. Is --profile the right one?"),
    )


def life_cycle(head: ProfileHead, at: date) -> Remark | None:
    """The profile is not one that applies at a date."""
    name = head.coordinate
    match head.status:
        case "deprecated":
            message = Text(f"La spécification {name} est dépréciée.", f"Specification {name} is deprecated.")
        case "withdrawn":
            message = Text(f"La spécification {name} est retirée.", f"Specification {name} is withdrawn.")
        case "draft" | "public-comment":
            message = Text(f"La spécification {name} est un projet.", f"Specification {name} is a draft.")
        case _ if not is_in_force(head, at):
            message = Text(
                f"La spécification {name} n'est pas en vigueur le {at}.", f"Specification {name} is not in force on {at}."
            )
        case _:
            return None
    hint = Text("Vérifier la version applicable, ou la date (--at).", "Check which version applies, or the date (--at).")
    return Remark("document.profile-status", Severity.WARNING, message, hint)


def volet_not_claimed(meant: tuple[ProfileHead, ...]) -> Remark:
    """The document bears the code of volets of which it claims none."""
    titles = dict.fromkeys(head.title for head in meant)
    french, english = " ou ".join(f"« {title.fr} »" for title in titles), " or ".join(f'"{title.en}"' for title in titles)
    wanted = ", ".join(dict.fromkeys(f'<templateId root="{head.template}"/>' for head in meant))
    return Remark(
        "document.volet",
        Severity.WARNING,
        Text(
            f"Le code du document est celui de {french}, dont il ne porte pas le modèle : son corps n'est pas jugé.",
            f"The code of the document is that of {english}, whose template it does not carry: its body is not judged.",
        ),
        Text(
            f"Écrire le modèle du volet ({wanted}) avec sa version en extension, ou le code qui convient.",
            f"Write the template of the volet ({wanted}) with its version as extension, or the code that fits.",
        ),
    )


def of_another_country(message: Text) -> Remark:
    return Remark(
        "document.covered",
        Severity.ERROR,
        message,
        Text(
            "Un document français porte realmCode FR et les modèles 2.16.840.1.113883.2.8.2.1 et 1.2.250.1.213.1.1.1.1 ; "
            "--profile cda/r2 juge la grammaire de tout CDA.",
            "A French document carries realmCode FR and templates 2.16.840.1.113883.2.8.2.1 and 1.2.250.1.213.1.1.1.1; "
            "--profile cda/r2 judges the grammar of any CDA.",
        ),
    )


def version_unknown(not_judged: Text) -> Remark:
    return Remark(
        "document.version",
        Severity.WARNING,
        not_judged,
        Text(
            "Écrire dans l'extension du templateId la version que le volet publie.",
            "Write in the extension of the templateId the version that the volet publishes.",
        ),
    )


def version_assumed(head: ProfileHead) -> Remark:
    wanted = head.extension or head.version
    return Remark(
        "document.version",
        Severity.WARNING,
        Text(
            f"Le document n'écrit pas la version de son volet : {head.coordinate} est supposé.",
            f"The document does not write the version of its volet: {head.coordinate} is assumed.",
        ),
        Text(
            f'Écrire <templateId root="{head.template}" extension="{wanted}"/>.',
            f'Write <templateId root="{head.template}" extension="{wanted}"/>.',
        ),
    )


def templates_unknown(unknown: Mapping[str, Node]) -> Remark:
    """The document claims templates of the CI-SIS that no file gives; each with an element that claims it."""
    told = _bearers(unknown)
    return Remark(
        "document.templates",
        Severity.INFO,
        Text(
            f"Modèles du CI-SIS inconnus ici ({len(unknown)}) : {told}. Ce qu'ils ajoutent n'est pas jugé.",
            f"Templates of the CI-SIS not known here ({len(unknown)}): {told}. What they add is not judged.",
        ),
        Text(
            "Vérifier leurs numéros ; les autres modèles des mêmes éléments sont jugés.",
            "Check their numbers; the other templates of the same elements are judged.",
        ),
    )


def templates_misplaced(misplaced: Mapping[str, Node]) -> Remark:
    """The document claims templates on elements of another kind; each with an element that claims it.

    A templateId says that the template's constraints hold (HL7 CDA R2), and the content models say what element each is of.
    """
    told = _bearers(misplaced)
    return Remark(
        "document.templates-misplaced",
        Severity.ERROR,
        Text(
            f"Modèles déclarés par un élément d'une autre sorte que le leur ({len(misplaced)}) : {told}.",
            f"Templates claimed by an element of another kind than theirs ({len(misplaced)}): {told}.",
        ),
        Text(
            "Vérifier leurs numéros : il en manque peut-être un chiffre.",
            "Check their numbers: a digit may be missing.",
        ),
    )


def _bearers(templates: Mapping[str, Node]) -> str:
    """Templates with the element that claims each, the first of them where there are many."""
    told = ", ".join(f"{template} ({node.tag})" for template, node in list(templates.items())[:_SHOWN])
    return told + (" …" if len(templates) > _SHOWN else "")


def body_not_judged(head: ProfileHead) -> Text:
    return Text(
        f"Seul l'en-tête a été jugé (profil {head.coordinate}), pas le corps.",
        f"Only the header was judged (profile {head.coordinate}), not the body.",
    )
