"""Partage de documents de santé en mobilité (PDSm), the French profile of IHE MHD: client, reference endpoint (docs/pdsm.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.exchange.pdsm.reference.flaws import FLAWS
from harness.exchange.pdsm.reference.simulator import Simulator
from harness.exchange.pdsm.terms import ACTORS, OPTIONS
from harness.model import Endpoint

if TYPE_CHECKING:
    from harness.exchange import Client
    from harness.library import Library

__all__ = ["ACTORS", "FLAWS", "OPTIONS", "Simulator", "open_client"]


def open_client(endpoint: Endpoint, library: Library) -> Client:
    """A client of the endpoint. Raises UsageError when its URL or one of its files cannot be used."""
    from harness.exchange.pdsm import client

    return client.open_client(endpoint, library)
