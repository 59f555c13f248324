"""Limits on a single value, of a definition or of a question: length, form, decimals, size, unit, minimum, maximum.

The caller says under which rule it is reported.

Source: FHIR R4, ElementDefinition, and the extensions of R4 and SDC that profiles and questionnaires share.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

from ...documents.fhir_tree import Node
from ...library.fhirpath import quantities
from ...library.fhirpath.quantities import Quantity
from ...model import Text
from . import fhirpath
from .fhirpath.patterns import pattern
from .fhirpath.values import order, value_of
from .resources.attachments import octets
from .values import shown

Member = Callable[[Node, dict[str, str]], bool | None]
"""Whether a node has a code of a value set, as `Walk.member` tells."""


def length(text: str, least: int | None, most: int | None) -> Text | None:
    number = len(text)
    if most is not None and number > most:
        return Text(f"{number} caractères, {most} au plus", f"{number} characters, {most} at most")
    if least is not None and number < least:
        return Text(f"longueur {number}, minimum {least}", f"length {number}, minimum {least}")
    return None


def form(node: Node, text: str, said: str) -> Text | None:
    """said: the regular expression that the whole text has to match. Raises NotEvaluatedError when it cannot be used."""
    if pattern(said).is_whole(text):
        return None
    return Text(
        f"« {shown(node)} » n'a pas la forme attendue : {said}", f"`{shown(node)}` does not have the form that is asked for: {said}"
    )


def decimals(number: Node | None, most: int) -> Text | None:
    """All the decimals that are written count, trailing zeros included."""
    if number is None or not isinstance(number.value, Decimal):
        return None
    exponent = number.value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= most:
        return None
    return Text(f"{number.value} : {most} décimales au plus", f"{number.value}: {most} decimals at most")


def size(attachment: Node, most: float) -> Text | None:
    """By its declared size, otherwise by its content."""
    said = attachment.only("size")
    told = said.value if said is not None and isinstance(said.value, int) else len(octets(attachment.text("data")))
    return Text(f"{told} octets, {most:g} au plus", f"{told} bytes, {most:g} at most") if told > most else None


def media_type(attachment: Node, admitted: Collection[str]) -> Text | None:
    """Parameters of the media type are ignored."""
    kind = attachment.text("contentType")
    if not kind or kind in admitted or kind.partition(";")[0].strip() in admitted:
        return None
    names = ", ".join(sorted(admitted))
    return Text(f"« {kind} » : il faut {names}", f"`{kind}`: {names} is expected")


def unit(
    quantity: Node, codes: Sequence[tuple[str, str]], value_sets: Sequence[str], member: Member
) -> tuple[bool | None, Text | None]:
    """Whether the unit is one of those listed or of a value set, None when that cannot be told; and why it is not."""
    own = (quantity.text("system"), quantity.text("code"))
    if any(own == (system or own[0], code) for system, code in codes):
        return True, None
    told = {member(quantity, {"strength": "required", "valueset": one}) for one in value_sets} if all(own) else {False}
    if True in told or None in told:
        return (True if True in told else None), None
    names = ", ".join([*(code for _, code in codes), *value_sets])
    written = own[1] or quantity.text("unit")
    return False, Text(
        f"l'unité « {written} » n'est pas de celles attendues : {names}", f"the unit `{written}` is none of: {names}"
    )


def compare(value: Node, limit: Node) -> int | None:
    """-1, 0 or 1; None when it cannot be told: precisions, zones or units that leave it open, kinds that have no order."""
    try:
        return order([value], [limit], fhirpath.Context(), "<")
    except fhirpath.NotEvaluatedError:
        return None


def measure_otherwise(value: Node, limit: Node) -> bool:
    """Whether two quantities are known to be of different kinds, so that no value of the one is within the other."""
    one, other = (value_of(node, fhirpath.Context()) for node in (value, limit))
    return isinstance(one, Quantity) and isinstance(other, Quantity) and quantities.measure_otherwise(one, other)


def node_of(type: str, plain: Any) -> Node:
    """A value as definitions hold it (`["Quantity", {...}]`)."""
    node = Node("value")
    node.type = type
    if isinstance(plain, dict):
        for name, inside in plain.items():
            for item in inside if isinstance(inside, list) else [inside]:
                child = node_of("", item)
                child.name, child.parent = name, node
                node.add(child)
    else:
        node.value = node.raw = plain
    return node
