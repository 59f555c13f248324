"""The points of a SampledData: numbers, or what stands for one that is not there.

Source: FHIR R4, SampledData.data: decimal values separated by spaces; E (error), L (below) and U (above the limit of detection)
can be used in place of one.
"""

from __future__ import annotations

import re

from ....documents.fhir_tree import Node
from ....model import Text
from ..remarks import Remarks
from ..shapes import BASE

_POINT = re.compile(r"[ELU]|-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SHOWN = 40  # characters of a point that a message repeats


def judge(node: Node, remarks: Remarks) -> None:
    data = node.only("data")
    if data is None or not isinstance(data.value, str):
        return
    foreign = next((point for point in data.value.split() if _POINT.fullmatch(point) is None), None)
    if foreign is not None:
        shown = foreign[:_SHOWN]
        message = Text(f"« {shown} » n'est ni un nombre, ni E, L ou U", f"`{shown}` is neither a number, nor E, L or U")
        remarks.error("FHIR-SAMPLES", f"{BASE}SampledData#SampledData.data", data, message)
