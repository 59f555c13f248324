"""A resource judged where no definition of FHIR is installed: on its structure, as the models of fhir.resources (R4B) tell it."""

from __future__ import annotations

from collections.abc import Mapping

from ...documents.fhir_tree import Node
from ...library.fhir.models import NOT_IN_R4B, Models
from ...model import Text
from . import narrative, referring
from .base import BaseWalk
from .facts import Facts
from .judging import Outcome, claims
from .references import Places
from .referring import REFERENCE_TYPE
from .remarks import Remark, Remarks
from .resources import bundles, contained
from .structures import Structures
from .walk import Walk

_WHY = Text(
    "profils, invariants et jeux de valeurs : aucun paquet FHIR n'est installé "
    "(`harness packages install hl7.fhir.r4.core@4.0.1`, ou `harness packages add PAQUET.tgz`)",
    "profiles, invariants and value sets: no FHIR package is installed "
    "(`harness packages install hl7.fhir.r4.core@4.0.1`, or `harness packages add PACKAGE.tgz`)",
)


class WithoutPackages:
    """Judges any number of resources; what was learned of a type is kept."""

    def __init__(self) -> None:
        self._models = Models()
        self._structures = Structures(self._models)

    def judge(self, root: Node) -> Outcome:
        remarks = Remarks()
        if root.type in NOT_IN_R4B:
            for problem in root.source.problems if root.source is not None else ():
                remarks.error("FHIR-FORMAT", "FHIR-FORMAT", problem.node, problem.message, problem.hint)
            return Outcome(list(remarks), [], (_absent([root.type]), _WHY))
        typed = BaseWalk(self._structures, remarks).walk(root)
        places = Places(root)
        walk = Walk(self._structures, places, Facts(None, None, None))
        for node, element in typed.elements:
            if element.targets and node.type == "Reference":
                referring.judge(walk, node, element, remarks)
            elif element.binding is not None:
                _code(node, element.requirement, self._models.codes, remarks)
        anchors = narrative.Anchors(root)
        for text in typed.narratives:
            narrative.judge(text, anchors, remarks)
        for resource in typed.resources:
            contained.judge(resource, remarks)
            if resource.type == "Bundle":
                bundles.judge(resource, places, typed.references, remarks, self._is_resource)
        inside = [node for node in typed.unknown_resources if node.type in NOT_IN_R4B]
        said = [remark for remark in remarks if not _is_of_r4_alone(remark, inside)]
        told = (_absent(sorted({node.type for node in inside})), _WHY) if inside else (_WHY,)
        named = [str(claimed.value) for resource in typed.resources for claimed in claims(resource)]
        named += [extension.text("url") or "" for extension, _, _ in typed.extensions]
        return Outcome(said, [], told, places=places, missing=frozenset(named))

    def _is_resource(self, name: str) -> bool:
        return name in NOT_IN_R4B or self._structures.type(name) is not None


def _is_of_r4_alone(remark: Remark, inside: list[Node]) -> bool:
    """Whether it is said of a type that R4 has and R4B does not."""
    if remark.rule == "FHIR-UNKNOWN-RESOURCE":
        return remark.node in inside
    return remark.requirement == REFERENCE_TYPE and remark.node.text("type") in NOT_IN_R4B


def _code(node: Node, requirement: str, codes: Mapping[str, frozenset[str]], remarks: Remarks) -> None:
    listed = codes[requirement]
    if isinstance(node.value, str) and node.value not in listed:
        shown = ", ".join(sorted(listed))
        message = Text(
            f"« {node.value[:60]} » n'est pas un des codes admis", f"'{node.value[:60]}' is not one of the codes admitted"
        )
        remarks.error("FHIR-BINDING", requirement, node, message, Text(f"Sont admis : {shown}.", f"Admitted: {shown}."))


def _absent(names: list[str]) -> Text:
    shown = ", ".join(names)
    return Text(f"la structure de {shown}, que R4B n'a plus ainsi", f"the structure of {shown}, which R4B no longer has so")
