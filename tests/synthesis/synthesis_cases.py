"""What these tests are told about: a day, the volets, and every telling that suits a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from harness.library import Library
from harness.synthesis import Person, Story, list_people, list_stories

AT = date(2026, 11, 24)
PROFILES = ("cda/vsm", "cda/ldl-ses", "cda/ldl-ees")


def tellings(library: Library) -> Iterator[tuple[str, Story]]:
    for profile in PROFILES:
        for story in list_stories(library, profile):
            yield profile, story


def suited(library: Library, story: Story) -> list[Person]:
    return [person for person in list_people(library) if story.suits(person, AT - timedelta(days=1))]
