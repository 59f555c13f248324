"""The key of Luhn, which most national numbers end with."""

from __future__ import annotations

from .faults import Fault, digits_fault


def luhn_fault(text: str, length: int) -> Fault | None:
    if not text:
        return Fault.EMPTY
    if len(text) != length:
        return Fault.LENGTH
    return digits_fault(text) or (Fault.KEY if luhn_sum(text) % 10 else None)


def luhn_sum(digits: str) -> int:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return doubled + sum(map(int, digits[-1::-2]))
