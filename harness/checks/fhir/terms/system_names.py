"""How FHIR calls a code system: whether an address is one of a system, and which was meant when it is not."""

from __future__ import annotations

from ....library.fhir.definitions import Definitions
from ....library.fhir.index import CODE_SYSTEMS
from ....remembered import latest_remembered
from . import known_systems
from .at_hand import AtHand

_REMEMBERED = 20_000  # addresses
_FRENCH = "1.2.250.1."  # the arc of the national agencies, which name their code systems in both ways


class SystemNames:
    """Each address is looked into once."""

    def __init__(self, definitions: Definitions, at_hand: AtHand) -> None:
        self._definitions = definitions
        self._at_hand = at_hand
        self._sound: set[str] = set()

    def is_sound(self, system: str) -> bool:
        """Whether nothing was found wrong with the address of a system."""
        return system in self._sound

    def found_sound(self, system: str) -> None:
        if len(self._sound) >= _REMEMBERED:
            self._sound.clear()
        self._sound.add(system)

    def is_value_set_only(self, url: str) -> bool:
        """Whether an address is that of a value set and of no code system."""
        return self._at_hand.system(url) is None and url not in known_systems.JUDGED and self._at_hand.members(url) is not None

    @latest_remembered(_REMEMBERED)
    def namesake(self, url: str) -> str | None:
        """How a code system is called whose address this one nearly is; None for an address that is one itself."""
        if url in known_systems.JUDGED or self._at_hand.system(url) is not None:
            return None
        became = known_systems.successor(url)
        if became is not None and self._at_hand.system(became) is not None:
            return became
        return known_systems.namesake(url) or self._definitions.namesake(CODE_SYSTEMS, url)

    def called_by_oid(self, url: str) -> str | None:
        """How FHIR calls a code system that is written by its OID (`urn:oid:…`), where that is known."""
        oid = url.removeprefix("urn:oid:")
        return known_systems.URLS.get(oid) or (self._definitions.systems_by_oid.get(oid) if oid.startswith(_FRENCH) else None)

    def meant(self, url: str) -> str | None:
        """The code system that was probably meant by an address of which nothing is known."""
        if url in known_systems.JUDGED or self._at_hand.system(url) is not None:
            return None
        return known_systems.meant(url) or self._definitions.system_meant(url)

    def is_supplement(self, url: str) -> bool:
        """Whether an address is that of wordings for another code system."""
        known = self._definitions.code_system(url)
        return known is not None and (known["content"] == "supplement" or bool(known["supplements"]))
