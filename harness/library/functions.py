"""The `h:` functions that rules on CDA may call (docs/functions.md), as an expression calls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ..identifiers import FAULTS


class Signature(NamedTuple):
    """Its arguments are texts, or with `takes_nodes` lists of nodes. of_all: it can be asked at once of all elements of a context
    (`checks/functions/rule_functions.py`, OF_ALL).
    """

    arguments: int
    gives: Literal["boolean", "string"]
    takes_nodes: bool = False
    of_all: bool = False


FUNCTIONS: Mapping[str, Signature] = {
    "h:environment": Signature(0, "string"),
    "h:is-ins": Signature(1, "boolean"),
    "h:is-production-ins": Signature(1, "boolean"),
    "h:under-ins-root": Signature(1, "boolean"),
    "h:ins-arc-exists": Signature(1, "boolean"),
    "h:ins-agrees-with-sex": Signature(2, "boolean"),
    "h:ins-agrees-with-year": Signature(2, "boolean"),
    "h:ins-agrees-with-month": Signature(2, "boolean"),
    "h:ins-agrees-with-birthplace": Signature(2, "boolean"),
    "h:fault": Signature(2, "string"),
    "h:timestamp-fault": Signature(1, "string"),
    "h:has-zone": Signature(1, "boolean"),
    "h:not-after": Signature(2, "boolean"),
    "h:not-days-after": Signature(2, "boolean"),
    "h:in-the-future": Signature(1, "boolean"),
    "h:with-ins-key": Signature(1, "string"),
    "h:days-later": Signature(2, "string"),
    "h:passage": Signature(1, "string"),
    "h:row": Signature(1, "string"),
    "h:cell": Signature(2, "string"),
    "h:writes-another-code": Signature(1, "boolean", takes_nodes=True),
    "h:in-unit": Signature(3, "string"),
    "h:mended-time": Signature(1, "string"),
    "h:fold": Signature(1, "string"),
    "h:matches": Signature(2, "boolean"),
    "h:is-ucum": Signature(1, "boolean"),
    "h:unit-meant": Signature(1, "string"),
    "h:same-kind": Signature(2, "boolean"),
    "h:measure-fault": Signature(4, "string"),
    "h:measure-range": Signature(2, "string"),
    "h:has-code-form": Signature(2, "boolean"),
    "h:cites-nothing": Signature(1, "boolean"),
    "h:titled-otherwise": Signature(2, "boolean"),
    "h:told-otherwise": Signature(3, "boolean"),
    "h:headed-otherwise": Signature(2, "boolean"),
    "h:told-contrary": Signature(2, "boolean"),
    "h:is-legible": Signature(1, "boolean", of_all=True),
    "h:in-valueset": Signature(3, "boolean"),
    "h:label-fault": Signature(3, "string"),
    "h:labels": Signature(2, "string"),
    "h:only-label": Signature(2, "string"),
    "h:codes-labelled": Signature(2, "string"),
    "h:system-meant": Signature(2, "string"),
    "h:same-product": Signature(2, "boolean"),
    "h:fits-postcode": Signature(3, "boolean"),
    "h:is-classed-elsewhere": Signature(2, "boolean"),
    "h:is-another-substance": Signature(2, "boolean"),
    "h:resolves": Signature(1, "boolean"),
    "h:referenced": Signature(1, "boolean"),
    "h:unique": Signature(1, "boolean"),
    "h:content-fault": Signature(1, "string", takes_nodes=True),
    "h:claims-pdfa1": Signature(1, "boolean", takes_nodes=True),
    "h:bears-text": Signature(1, "boolean", takes_nodes=True),
    "h:repeats-sibling": Signature(1, "boolean", takes_nodes=True, of_all=True),
    "h:is-bare": Signature(2, "boolean"),
    "h:names-are-bare": Signature(1, "boolean", takes_nodes=True),
    "h:mailbox-of-another": Signature(1, "boolean", takes_nodes=True),
    "h:has-cell-of-software": Signature(1, "boolean", takes_nodes=True),
    "h:labels-are-legible": Signature(1, "boolean", takes_nodes=True),
    "h:reference-fault": Signature(1, "string", takes_nodes=True),
    "h:ranks-in-order": Signature(1, "boolean", takes_nodes=True),
    "h:label-elsewhere": Signature(1, "string", takes_nodes=True),
    "h:told-as-another": Signature(1, "boolean", takes_nodes=True),
    "h:tells-another-patient": Signature(1, "boolean", takes_nodes=True),
    "h:is-asserted": Signature(1, "boolean", takes_nodes=True),
    "h:entry-told": Signature(1, "string", takes_nodes=True),
    "h:cites-another": Signature(1, "boolean", takes_nodes=True),
    "h:left-for-another-row": Signature(1, "string", takes_nodes=True),
    "h:names-another": Signature(1, "boolean", takes_nodes=True),
}
FAULT_KINDS = (*FAULTS, "uuid", "sctid", "loinc", "cip")
"""What `h:fault` tells the faults of."""
NAMING: Mapping[str, tuple[int, Literal["kind", "value set"]]] = {
    "h:fault": (0, "kind"),
    "h:in-valueset": (2, "value set"),
}
"""Functions of which an argument, by its place, names something: a kind of FAULT_KINDS, a value set."""
ARGUMENTS: Mapping[str, tuple[int, int]] = {name: (said.arguments, said.arguments) for name, said in FUNCTIONS.items()}
"""The fewest and most arguments of each, as xpath.parse wants them."""


def function_name(name: str) -> str:
    """The name under which generated code calls an `h:` function."""
    return name.replace(":", "_").replace("-", "_")
