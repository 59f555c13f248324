"""What is kept of runs and checks: verdicts in SQLite, messages as files named by their SHA-256."""

from harness.storage.reading import RunHead
from harness.storage.store import Store

__all__ = ["RunHead", "Store"]
