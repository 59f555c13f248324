"""The head of a profile, as its file says it."""

from __future__ import annotations


def profile_yaml(id: str = "cda/header", version: str = "1", **more: str) -> str:
    """more: further keys, or others in place of these; one that is empty is not written."""
    said = {
        "kind": "cda",
        "code": "TEST",
        "title": "{fr: Volet d'essai, en: Trial volet}",
        "owner": "us",
        "category": "test",
        "status": "final-text",
        "in_force": "{from: 2020-01-01}",
        "source": "{document: Volet d'essai}",
        "judges": "header",
        **more,
    }
    return f'id: {id}\nversion: "{version}"\n' + "".join(f"{key}: {value}\n" for key, value in said.items() if value)
