"""Versions of packages and definitions: how they are ordered, and what a dependency's version or range admits."""

from __future__ import annotations

import re
from collections.abc import Iterable

NEWEST = frozenset({"latest", "*", "x", "X", ""})
MOVING = frozenset({"current", "dev"})  # what a build server holds today, `current$branch` included: no registry publishes it

_NUMBER = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-.]([0-9A-Za-z.-]+))?(?:\+.*)?$")
_WILD = frozenset({"x", "X", "*"})
_COMPARED = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*([0-9A-Za-z.*+-]+)")

Key = tuple[tuple[int, int, int], int, tuple[tuple[int, int, str], ...]]


def order(version: str) -> Key:
    """A key by which versions sort as Semantic Versioning orders them; what is not a version comes first."""
    found = _NUMBER.match(version.strip())
    if found is None:
        return ((-1, 0, 0), 0, ((1, 0, version),))
    numbers = (int(found[1]), int(found[2] or 0), int(found[3] or 0))
    label = found[4] or ""
    return (numbers, 0 if label else 1, tuple((0, int(one), "") if one.isdigit() else (1, 0, one) for one in label.split(".")))


def is_release(version: str) -> bool:
    found = _NUMBER.match(version.strip())
    return found is not None and not found[4]


def is_moving(spec: str) -> bool:
    """`current`, `dev`, `current$branch`."""
    return spec.partition("$")[0] in MOVING


def major(version: str) -> str:
    """What must be the same for one version to stand for another: the first number; a version that has no dot stands alone."""
    first, dot, _ = version.strip().partition(".")
    return first if dot else version.strip()


def newest(versions: Iterable[str]) -> str | None:
    """The last release, or the last of all when none is a release."""
    found = sorted(versions, key=order)
    return next((version for version in reversed(found) if is_release(version)), found[-1] if found else None)


def close_to(spec: str, versions: Iterable[str]) -> str | None:
    """The version to take when none is admitted: the last of the same major version, else the first after it."""
    known = sorted((one for one in versions if order(one)[0][0] >= 0 or is_moving(one)), key=order)
    if is_moving(spec):
        return newest(known)
    if (same := newest(one for one in known if major(one) == major(spec))) is not None:
        return same
    return next((one for one in known if order(one) > order(spec)), None)


def admitted(spec: str, versions: Iterable[str]) -> list[str]:
    """Those of the versions that a dependency's version admits, the best last: releases first, as wildcards name no label.

    `1.2.3` (itself only), `1.2.x`, `1.x`, `4.0` (as `4.0.x`), `latest`, `*`, and the ranges of npm: `^1.2.0`, `~1.2.0`, `>=1.0
    <2.0`, `1.x || 2.x`. `current` and `dev` admit only themselves.
    """
    known = list(versions)
    if spec in known:
        return [spec]
    if is_moving(spec):
        return []
    found = {version for part in spec.split("||") for version in known if _admits(part.strip(), version)}
    ordered = sorted(found, key=order)
    return [*(one for one in ordered if not is_release(one)), *(one for one in ordered if is_release(one))]


def _admits(spec: str, version: str) -> bool:
    if spec in NEWEST:
        return not is_moving(version)
    if any(sign in spec for sign in "<>=^~"):
        return all(_compared(sign or "=", wanted, version) for sign, wanted in _COMPARED.findall(spec))
    wanted, numbers = spec.split("."), version.split("+")[0].split("-")[0].split(".")
    if "-" in spec or (len(wanted) > 2 and not _WILD & set(wanted)):
        return spec == version
    return all(want in _WILD or want == got for want, got in zip(wanted, [*numbers, "0", "0"], strict=False))


def _compared(sign: str, wanted: str, version: str) -> bool:
    at, this = order(wanted.replace("x", "0").replace("*", "0")), order(version)
    if this[0][0] < 0:
        return False
    if sign == "^":
        kept = 1 if at[0][0] else 2 if at[0][1] else 3
        return this >= at and this[0][:kept] == at[0][:kept]
    if sign == "~":
        return this >= at and this[0][:2] == at[0][:2]
    return {">=": this >= at, "<=": this <= at, ">": this > at, "<": this < at, "=": this == at}[sign]
