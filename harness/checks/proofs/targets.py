"""Whose constraints are proved: those of a document, and those of each template on the elements that claim it."""

from __future__ import annotations

from ...model import Constraint, Profile, Template
from ...values import dataclass
from .as_xpath import literal, step


@dataclass(frozen=True, slots=True)
class Target:
    """template: None for ClinicalDocument itself; roots: every templateId that claims it."""

    template: Template | None
    roots: tuple[str, ...]
    constraints: tuple[Constraint, ...]

    @property
    def name(self) -> str:
        return "document" if self.template is None else self.template.id

    @property
    def context(self) -> str:
        """XPath of the elements that its constraints speak of."""
        if self.template is None:
            return "/cda:ClinicalDocument"
        extension = "" if self.template.extension is None else f" and @extension={literal(self.template.extension)}"
        claims = " or ".join(f"cda:templateId[@root={literal(root)}{extension}]" for root in self.roots)
        return f"//{step(self.template.element)}[{claims}]"


def targets_of(profile: Profile) -> list[Target]:
    """The document, then each template once."""
    roots: dict[str, list[str]] = {}
    known: dict[str, Template] = {}
    for root, templates in profile.templates.items():
        for template in templates:
            known[template.id] = template
            roots.setdefault(template.id, []).append(root)
    claimed = (Target(one, tuple(roots[name]), one.constraints) for name, one in known.items())
    return [Target(None, (), profile.constraints), *claimed]
