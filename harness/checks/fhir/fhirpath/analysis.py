from dataclasses import dataclass

from ....model import Text


@dataclass(frozen=True)
class Remark:
    kind: str
    told: Text


def remarks(compiled: object, type_name: str, definitions: object) -> list[Remark]:  # noqa: ARG001
    return []
