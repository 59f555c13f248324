"""Synthetic people only: a message that carries a production INS is refused before a byte of it leaves."""

from __future__ import annotations

from harness.errors import ForbiddenProduction
from harness.identifiers.notations import names_production_ins
from harness.model import Text


def refuse_production(*parts: bytes | str) -> None:
    """Raises ForbiddenProduction when a production INS OID stands in one of the parts of a message (URL, header, body).

    It is found in every notation that is masked in what is kept.
    """
    if any(names_production_ins(part if isinstance(part, str) else part.decode("latin-1")) for part in parts):
        raise ForbiddenProduction(
            Text(
                "Message non envoyé : il porte un OID d'INS de production.",
                "Message not sent: it carries a production INS OID.",
            ),
            Text(
                "Utiliser une identité de test (OID 1.2.250.1.213.1.4.10).",
                "Use a test identity (OID 1.2.250.1.213.1.4.10).",
            ),
        )
