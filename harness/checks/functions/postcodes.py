"""Is a postal code that of the city beside it? Told of large cities whose whole name no other commune bears (La Rochelle is also of
Haute-Saône).

Source: La Poste, base officielle des codes postaux.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...labels import fold

_CITIES = {  # by what their postal codes begin with
    "75": "paris",
    "13": "marseille, aix en provence",
    "69": "lyon, villeurbanne",
    "31": "toulouse",
    "06": "nice, cannes, antibes",
    "44": "nantes",
    "34": "montpellier, beziers",
    "67": "strasbourg",
    "33": "bordeaux",
    "59": "lille, dunkerque",
    "35": "rennes",
    "51": "reims",
    "83": "toulon",
    "42": "saint etienne",
    "76": "le havre, rouen",
    "38": "grenoble",
    "21": "dijon",
    "49": "angers",
    "30": "nimes",
    "63": "clermont ferrand",
    "72": "le mans",
    "29": "brest, quimper",
    "37": "tours",
    "80": "amiens",
    "87": "limoges",
    "74": "annecy",
    "66": "perpignan",
    "25": "besancon",
    "57": "metz",
    "45": "orleans",
    "68": "mulhouse, colmar",
    "14": "caen",
    "54": "nancy",
    "84": "avignon",
    "86": "poitiers",
    "64": "pau, bayonne",
    "10": "troyes",
    "92": "boulogne billancourt, nanterre",
    "78": "versailles",
    "94": "creteil",
    "95": "argenteuil",
    "56": "lorient, vannes",
    "73": "chambery",
    "18": "bourges",
    "85": "la roche sur yon",
    "20": "ajaccio, bastia",
    "88": "epinal",
    "08": "charleville mezieres",
}
_BEGINNINGS = {city: digits for digits, cities in _CITIES.items() for city in cities.split(", ")}
_FRANCE = ("", "fr", "france")
_POSTCODE = re.compile(r"(?!00|99)[0-9]{5}")
_DELIVERY = re.compile(r" ?(?:cedex.*|[0-9]+)")  # of CEDEX and arrondissement


@lru_cache(maxsize=4096)
def fits_postcode(city: str, postcode: str, country: str) -> bool:
    """True of a city that is not told, of what is no postal code or stands for one, `99999`, and of another country. Addresses come
    again and again."""
    beginning = _BEGINNINGS.get(_DELIVERY.sub("", fold(city)), "")
    written = postcode.strip()
    return written.startswith(beginning) or _POSTCODE.fullmatch(written) is None or fold(country) not in _FRANCE
