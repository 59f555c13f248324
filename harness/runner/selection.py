"""Which scenarios a run plays: those asked for by name, less those of a protocol that the system does not offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.errors import UsageError
from harness.library.nearest import nearest
from harness.model import Scenario, System, Text, counted


@dataclass(frozen=True, slots=True)
class Selection:
    """left_out: scenarios asked for whose protocol the system does not offer."""

    scenarios: tuple[Scenario, ...]
    left_out: tuple[Scenario, ...]

    def said(self) -> Text | None:
        """A sentence about what was left out, None when nothing was."""
        if not self.left_out:
            return None
        protocols = ", ".join(sorted({scenario.protocol for scenario in self.left_out}))
        count = len(self.left_out)
        left = counted(
            count, Text("scénario laissé de côté", "scenario left out"), Text("scénarios laissés de côté", "scenarios left out")
        )
        return Text(
            f"{left.fr} : la cible n'offre pas {protocols}.",
            f"{left.en}: the target does not offer {protocols}.",
        )


def select(scenarios: Sequence[Scenario], patterns: Iterable[str], system: System) -> Selection:
    """The scenarios whose id matches one of the patterns (`*` and `?`; all when there is none) and that the system can play.

    Raises UsageError when a pattern matches nothing, or when nothing is left to play.
    """
    asked = _asked(scenarios, tuple(patterns))
    offered = {endpoint.protocol for endpoint in system.endpoints}
    playable = tuple(scenario for scenario in asked if scenario.protocol in offered)
    left_out = tuple(scenario for scenario in asked if scenario.protocol not in offered)
    if not playable:
        wanted = ", ".join(sorted({scenario.protocol for scenario in asked}))
        raise UsageError(
            Text(
                f"aucun scénario à jouer : {system.name} n'offre pas {wanted}",
                f"no scenario to play: {system.name} does not offer {wanted}",
            ),
            Text(
                "Indiquer le point d'accès de ce protocole dans le fichier de la cible.",
                "Name an endpoint of this protocol in the target file.",
            ),
        )
    return Selection(playable, left_out)


def _asked(scenarios: Sequence[Scenario], patterns: tuple[str, ...]) -> tuple[Scenario, ...]:
    for pattern in patterns:
        if not any(fnmatchcase(scenario.id, pattern) for scenario in scenarios):
            ids = [scenario.id for scenario in scenarios]
            near = nearest(pattern, ids, 3) or ids
            listed = ", ".join(near[:12])
            raise UsageError(
                Text(f"aucun scénario ne s'appelle {pattern}", f"no scenario is called {pattern}"),
                Text(
                    f"Il y a : {listed}. `harness scenarios list` les montre tous.",
                    f"There are: {listed}. `harness scenarios list` shows them all.",
                ),
            )
    return tuple(scenario for scenario in scenarios if not patterns or any(fnmatchcase(scenario.id, one) for one in patterns))
