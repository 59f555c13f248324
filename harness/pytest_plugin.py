"""Judge documents from a vendor's own pytest suite: `def test_summary(cisis): cisis.assert_conformant(product.export())`.

Loaded by pytest on its own once the package is installed; it imports nothing of the engine before the fixture is used.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from harness.model import Judgement


class Cisis(Protocol):
    """What the `cisis` fixture gives."""

    def check(self, document: bytes | str | Path, profile: str | None = None) -> Judgement: ...
    def assert_conformant(self, document: bytes | str | Path, profile: str | None = None) -> Judgement: ...


class _Cisis:
    def check(self, document: bytes | str | Path, profile: str | None = None) -> Judgement:
        """The judgement of a document given as bytes or as a path. Raises UnreadableDocument when it cannot be read."""
        from harness.checks import Judge
        from harness.documents import read
        from harness.library import Library

        data, path = (document, "document") if isinstance(document, bytes) else (Path(document).read_bytes(), str(document))
        now = datetime.now().astimezone()
        return Judge(Library.open(), at=now.date(), now=now, profile=profile).judge(read(data, path))

    def assert_conformant(self, document: bytes | str | Path, profile: str | None = None) -> Judgement:
        """Fails the test with each error, its line and its requirement, when the document has one."""
        from harness.model import Severity

        judgement = self.check(document, profile)
        errors = [finding for finding in judgement.findings if finding.severity is Severity.ERROR]
        if errors:
            lines = [f"{error.line}: {error.message.en} [{error.rule}]\n    → {error.hint.en}" for error in errors]
            pytest.fail(f"{judgement.path} is not conformant to {judgement.profile}:\n" + "\n".join(lines), pytrace=False)
        return judgement


@pytest.fixture(scope="session")
def cisis() -> Cisis:
    """Judges CDA documents as `harness check` does."""
    return _Cisis()
