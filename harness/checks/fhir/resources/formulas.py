"""FHIRPath as data: invariants, search parameters and Expressions have to be FHIRPath at all."""

from __future__ import annotations

from ....documents.fhir_tree import Node
from ....library.fhirpath.syntax import parse
from ....model import Text
from .. import fhirpath
from ..remarks import Remarks
from ..shapes import BASE


def judge(expression: Node | None, remarks: Remarks) -> None:
    """expression: the element that holds the text."""
    if expression is None or not isinstance(expression.value, str):
        return
    try:
        parse(expression.value)
    except fhirpath.FhirPathError as error:
        message = Text(f"ce n'est pas du FHIRPath, {error.told.fr}", f"this is no FHIRPath, {error.told.en}")
        remarks.error("FHIR-EXPRESSION", f"{BASE}Expression#Expression.expression", expression, message)
