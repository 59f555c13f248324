"""Elements of a document by their positions, as a package's findings name them: location, line, and what may be quoted."""

from __future__ import annotations

from lxml import etree

from harness.documents import Document, locations
from harness.identifiers import is_production_ins_oid, mask_ins
from harness.namespaces import HL7_V3, NAMESPACES

_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}


class Places:
    """said: a message as it may be told, a production INS masked in it."""

    def __init__(self, document: Document, root: etree._Element) -> None:
        self._root = root
        self._lines = locations.Places(document)
        self.said = mask_ins if _is_real(root) else str

    def place(self, at: str) -> tuple[str, int]:
        """Location and line of `0/3/1` or `0/3/1/@code`: positions among sibling elements, from the root."""
        element = self._root
        path, _, attribute = at.partition("/@")
        steps = [_name(element)]
        try:
            for position in path.split("/")[1:]:
                siblings = list(element.iterchildren("*"))
                element = siblings[int(position)]
                namesakes = [one for one in siblings if one.tag == element.tag]
                steps.append(_name(element) + (f"[{namesakes.index(element) + 1}]" if len(namesakes) > 1 else ""))
        except (ValueError, IndexError):
            return "/", 0
        return "/" + "/".join(steps) + (f"/@{attribute}" if attribute else ""), self._lines.line(element)


def _name(element: etree._Element) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == HL7_V3 else f"{_PREFIXES.get(name.namespace or '', '*')}:{name.localname}"


def _is_real(root: etree._Element) -> bool:
    """The patient bears a production INS: no message may quote it."""
    ids = root.iterfind(f"{{{HL7_V3}}}recordTarget/{{{HL7_V3}}}patientRole/{{{HL7_V3}}}id")
    return any(is_production_ins_oid(element.get("root", "")) for element in ids)
