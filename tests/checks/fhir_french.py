"""Our own rules on FHIR, asked of resources on one day, without any package."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from harness.checks.circumstances import Circumstances
from harness.checks.fhir.french.judging import FrenchRules
from harness.documents.fhir_json import read_json
from harness.library import Library
from harness.model import Environment

DAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LIBRARY = Library.open()


@cache
def french(environment: Environment = Environment.TEST) -> FrenchRules:
    return FrenchRules(LIBRARY, Circumstances(DAY, NOW, environment))


def told(resource: dict[str, Any]) -> set[str]:
    """The rules that a resource trips."""
    return {remark.rule for remark in french().judge(read_json(json.dumps(resource, ensure_ascii=False).encode())).remarks}
