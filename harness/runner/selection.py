"""Which scenarios a run plays: those asked for by name, less those that are not for the system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from harness.errors import UsageError
from harness.exchange import PROTOCOLS, actors
from harness.library.nearest import nearest
from harness.model import NO_TEXT, Scenario, System, Text, counted
from harness.values import dataclass

_LEFT = (Text("scénario laissé de côté", "scenario left out"), Text("scénarios laissés de côté", "scenarios left out"))


@dataclass(frozen=True, slots=True)
class Selection:
    """left_out: scenarios asked for that the system does not play, and why not."""

    scenarios: tuple[Scenario, ...]
    left_out: tuple[tuple[Scenario, Text], ...]

    def said(self) -> Text | None:
        """A sentence for each reason why something was left out, None when nothing was."""
        if not self.left_out:
            return None
        told = [(counted(sum(why == one for _, one in self.left_out), *_LEFT), why) for why in self._reasons()]
        return Text(
            "\n".join(f"{count.fr} : la cible {why.fr}." for count, why in told),
            "\n".join(f"{count.en}: the target {why.en}." for count, why in told),
        )

    def why_none(self) -> Text:
        return Text(", ".join(why.fr for why in self._reasons()), ", ".join(why.en for why in self._reasons()))

    def _reasons(self) -> list[Text]:
        return list(dict.fromkeys(why for _, why in self.left_out))


def select(scenarios: Sequence[Scenario], patterns: Iterable[str], system: System) -> Selection:
    """The scenarios whose id matches one of the patterns (`*` and `?`; all when there is none) and that the system can play.

    Raises UsageError when a pattern matches nothing, or when nothing is left to play.
    """
    asked = [(scenario, _why_not(scenario, system)) for scenario in _asked(scenarios, tuple(patterns))]
    selection = Selection(
        tuple(scenario for scenario, why in asked if why is None),
        tuple((scenario, why) for scenario, why in asked if why is not None),
    )
    if not selection.scenarios:
        why = selection.why_none()
        raise UsageError(
            Text(f"aucun scénario à jouer : {system.name} {why.fr}", f"no scenario to play: {system.name} {why.en}"),
            Text(
                "Le fichier de la cible dit ses points d'accès (endpoints), ses acteurs (actors) et ses volets (volets).",
                "The target file says its endpoints, its actors and its volets.",
            ),
        )
    return selection


def unknown_scenario(name: str, ids: Sequence[str]) -> UsageError:
    listed = ", ".join((nearest(name, ids, 3) or ids)[:12])
    return UsageError(
        Text(f"aucun scénario ne s'appelle {name}", f"no scenario is called {name}"),
        Text(
            f"Il y a : {listed}. `harness scenarios list` les montre tous.",
            f"There are: {listed}. `harness scenarios list` shows them all.",
        ),
    )


def _why_not(scenario: Scenario, system: System) -> Text | None:
    """Why the system cannot play it: it does not offer the protocol, or does not claim the actor or the volet. None when it can."""
    if scenario.protocol not in {endpoint.protocol for endpoint in system.endpoints}:
        return _not_offered(scenario.protocol)
    actor = scenario.actors.get("system")
    if system.actors and actor is not None and actor not in system.actors:
        meant = _meant(actor, actors(scenario.protocol), Text("acteur inconnu", "unknown actor"))
        return Text(f"ne se dit pas {actor}{meant.fr}", f"does not claim to be {actor}{meant.en}")
    claimed = {_plain(volet) for volet in system.volets}
    for volet in (_plain(document["profile"]) for document in scenario.documents):
        if claimed and volet not in claimed:
            return Text(f"ne dit pas traiter {volet}", f"does not claim to handle {volet}")
    return None


def _not_offered(protocol: str) -> Text:
    """The protocol is not offered; for an unknown protocol, the one probably meant."""
    meant = _meant(protocol, PROTOCOLS, Text("protocole inconnu", "unknown protocol"))
    return Text(f"n'offre pas {protocol}{meant.fr}", f"does not offer {protocol}{meant.en}")


def _meant(name: str, known: Sequence[str], what: Text) -> Text:
    """For an unknown name, a hint at the known one that was probably meant."""
    near = [] if name in known else nearest(name, known, 1)
    return Text(f" ({what.fr} : est-ce {near[0]} ?)", f" ({what.en}: did you mean {near[0]}?)") if near else NO_TEXT


def _plain(coordinate: str) -> str:
    """A profile without its version."""
    return coordinate.partition("@")[0]


def _asked(scenarios: Sequence[Scenario], patterns: tuple[str, ...]) -> tuple[Scenario, ...]:
    for pattern in patterns:
        if not any(fnmatchcase(scenario.id, pattern) for scenario in scenarios):
            raise unknown_scenario(pattern, [scenario.id for scenario in scenarios])
    return tuple(scenario for scenario in scenarios if not patterns or any(fnmatchcase(scenario.id, one) for one in patterns))
