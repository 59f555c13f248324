"""What the files of a profile say, as values: its head, requirements, rules, mutations. Their shape was checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..model import (
    Environment,
    Level,
    Mutation,
    ProfileHead,
    Requirement,
    Rule,
    RuleFix,
    Severity,
    Text,
)
from .pieces import day_at, source, text
from .reading import Place
from .shapes import Sheet
from .templates import Names


def head(sheet: Sheet, names: Names) -> ProfileHead:
    data = sheet.data
    recognise = data.get("recognise", {})
    in_force = data.get("in_force", {})
    begins = _day(sheet, ("in_force", "from"), in_force.get("from"))
    ends = _day(sheet, ("in_force", "until"), in_force.get("until"))
    if begins is not None and ends is not None and ends < begins:
        raise sheet.error(("in_force", "until"), Text(f"finit le {ends}, avant son début", f"ends on {ends}, before it begins"))
    return ProfileHead(
        id=data["id"],
        version=data["version"],
        code=data["code"],
        title=text(data["title"]),
        owner=data["owner"],
        category=data["category"],
        status=data["status"],
        in_force_from=begins,
        in_force_until=ends,
        source=source(data["source"]),
        kind=data["kind"],
        template=recognise.get("template"),
        extension=recognise.get("extension"),
        codes=tuple(
            (code, names.system(sheet, ("recognise", "codes", number, 1), system))
            for number, (code, system) in enumerate(recognise.get("codes", ()))
        ),
        extends=tuple(data.get("extends", ())),
        judges_body=data.get("judges", "body") == "body",
        canonicals=tuple(recognise.get("profiles", ())),
        when=tuple(recognise.get("when", ())),
        follow=tuple((one["resource"], one["when"], one["profile"]) for one in recognise.get("follow", ())),
    )


def requirements(sheet: Sheet) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(
            id=item["id"],
            text=text(item["text"]),
            level=Level(item["level"]),
            source=source(item["source"]),
            group=item.get("group", ""),
            opposable_from=_day(sheet, (number, "opposable_from"), item.get("opposable_from")),
        )
        for number, item in enumerate(sheet.data)
    )


def rules(sheet: Sheet) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            id=item["id"],
            requirement=item["requirement"],
            context=item["context"],
            test=item["assert"],
            severity=_severities(item["severity"]),
            message=text(item["message"]),
            hint=text(item["hint"]),
            fix=_fix(item.get("fix")),
            unless=item.get("unless", ""),
            instead=item.get("instead", ""),
        )
        for item in sheet.data
    )


def _fix(said: Mapping[str, str] | None) -> RuleFix | None:
    if said is None:
        return None
    element, _, attribute = said["set"].rpartition("@")
    return RuleFix(element.removesuffix("/") or ".", attribute, said["to"], said.get("when", "true()"))


def mutations(sheet: Sheet) -> tuple[Mutation, ...]:
    return tuple(
        Mutation(item["id"], tuple(item["edit"] if isinstance(item["edit"], list) else [item["edit"]]), tuple(item["trips"]))
        for item in sheet.data
    )


def unproved(sheet: Sheet) -> dict[str, Text]:
    """Checks that no mutation can trip, with the reason."""
    return {item["check"]: text(item["reason"]) for item in sheet.data}


def _severities(said: str | Mapping[str, str]) -> dict[Environment, Severity]:
    if isinstance(said, str):
        said = {"production": said, "test": said}
    return {Environment.PRODUCTION: Severity(said["production"]), Environment.TEST: Severity(said["test"])}


def _day(sheet: Sheet, where: Place, said: str | None) -> date | None:
    return None if said is None else day_at(sheet, where, said)
