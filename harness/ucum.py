"""Whether a text is a unit of UCUM (case sensitive form). Source: The Unified Code for Units of Measure, unit atoms and grammar."""

from __future__ import annotations

import re
from functools import lru_cache

# ruff: noqa: SIM905 - tables that are read, and checked against UCUM, as text
_PREFIXES = tuple("da Ki Mi Gi Ti Y Z E P T G M k h d c m u n p f a z y".split())

_METRIC = frozenset(
    """
    m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv l L ar t bar u eV pc gf
    [c] [h] [k] [eps_0] [mu_0] [e] [m_e] [m_p] [G] [g] [ly] Ky Gal dyn erg P Bi St Mx G Oe Gb sb Lmb ph Ci R RAD REM
    cal_[15] cal_[20] cal_m cal_IT cal_th cal tex m[H2O] m[Hg] eq osm g% kat U [iU] [IU]
    Np B B[SPL] B[V] B[mV] B[uV] B[10.nV] B[W] B[kW] st b mho bit By Bd [IR] [Amb'a'1'U]
    """.split()
)

_PLAIN = frozenset(
    """
    10* 10^ [pi] % [ppth] [ppm] [ppb] [pptr] gon deg ' '' min h d a_t a_j a_g a wk mo_s mo_j mo_g mo AU [lbf_av]
    [in_i] [ft_i] [yd_i] [mi_i] [fth_i] [nmi_i] [kn_i] [sin_i] [sft_i] [syd_i] [cin_i] [cft_i] [cyd_i] [bf_i] [cr_i] [mil_i]
    [cml_i] [hd_i] [ft_us] [yd_us] [in_us] [rd_us] [ch_us] [lk_us] [rch_us] [rlk_us] [fth_us] [fur_us] [mi_us] [acr_us] [srd_us]
    [smi_us] [sct] [twp] [mil_us] [in_br] [ft_br] [rd_br] [ch_br] [lk_br] [fth_br] [pc_br] [yd_br] [mi_br] [nmi_br] [kn_br] [acr_br]
    [gal_us] [bbl_us] [qt_us] [pt_us] [gil_us] [foz_us] [fdr_us] [min_us] [crd_us] [bu_us] [gal_wi] [pk_us] [dqt_us] [dpt_us]
    [tbs_us] [tsp_us] [cup_us] [foz_m] [cup_m] [tsp_m] [tbs_m] [gal_br] [pk_br] [bu_br] [qt_br] [pt_br] [gil_br] [foz_br] [fdr_br]
    [min_br] [gr] [lb_av] [oz_av] [dr_av] [scwt_av] [lcwt_av] [ston_av] [lton_av] [stone_av] [pwt_tr] [oz_tr] [lb_tr] [sc_ap]
    [dr_ap] [oz_ap] [lb_ap] [oz_m] [lne] [pnt] [pca] [pnt_pr] [pca_pr] [pied] [pouce] [ligne] [didot] [cicero] [degF] [degR]
    [degRe] [Cal] [Btu_39] [Btu_59] [Btu_60] [Btu_m] [Btu_IT] [Btu_th] [Btu] [HP] [den] [in_i'H2O] [in_i'Hg] [PRU] [wood'U]
    [diop] [p'diop] %[slope] [mesh_i] [Ch] [drp] [hnsf'U] [MET] [hp'_X] [hp'_C] [hp'_M] [hp'_Q] [hp_X] [hp_C] [hp_M] [hp_Q]
    [kp_X] [kp_C] [kp_M] [kp_Q] [pH] [S] [HPF] [LPF] [arb'U] [USP'U] [GPL'U] [MPL'U] [APL'U] [beth'U] [anti'Xa'U] [todd'U]
    [dye'U] [smgy'U] [bdsk'U] [ka'U] [knk'U] [mclg'U] [tb'U] [CCID_50] [TCID_50] [EID_50] [PFU] [FFU] [CFU] [BAU] [AU] [PNU]
    [Lf] [D'ag'U] [FEU] [ELU] [EU] Ao att [psi] circ sph [car_m] [car_Au] [smoot] [m/s2/Hz^0.5] bit_s
    """.split()
)

_TIMES = frozenset("s min h d wk mo mo_s mo_j mo_g a a_t a_j a_g".split())
_LENGTHS = frozenset(
    """
    m pc AU Ao [ly] [in_i] [ft_i] [yd_i] [mi_i] [fth_i] [nmi_i] [mil_i] [hd_i] [in_us] [ft_us] [yd_us] [rd_us] [ch_us] [lk_us]
    [rch_us] [rlk_us] [fth_us] [fur_us] [mi_us] [mil_us] [in_br] [ft_br] [rd_br] [ch_br] [lk_br] [fth_br] [pc_br] [yd_br] [mi_br]
    [nmi_br] [lne] [pnt] [pca] [pnt_pr] [pca_pr] [pied] [pouce] [ligne] [didot] [cicero] [smoot]
    """.split()
)
_KINDS = (_TIMES, _LENGTHS)

_LONGEST = 80
_WRITTEN = {  # by the unit: how people write it, in French too
    "ug": "mcg µg \u03bcg", "g": "gr gramme grammes", "kg": "Kg kgs", "mL": "cc", "[lb_av]": "lb lbs", "[oz_av]": "oz",
    "[in_i]": "inches", "Cel": "°C ºC", "[degF]": "°F", "mm[Hg]": "mmHg mmhg", "cm[H2O]": "cmH2O", "[iU]": "UI IU ui",
    "m[iU]": "mUI mIU", "u[iU]": "µUI", "k[iU]": "kUI", "meq": "mEq", "[diop]": "dioptrie dioptries", "s": "sec seconde secondes",
    "min": "mn minute minutes", "h": "heure heures hr", "d": "j jr jour jours", "wk": "semaine semaines sem SA", "mo": "mois",
    "a": "an ans année années", "/min": "bpm", "{tablet}": "cp cps cpr comprimé comprimés", "{capsule}": "gélule gélules",
    "{drop}": "goutte gouttes",
}  # fmt: skip
_MEANT = {word: unit for unit, words in _WRITTEN.items() for word in words.split()}
_ANNOTATION = re.compile(r"\{[!-z|~]*\}")
_NUMBER = re.compile(r"[0-9]+")
_ATOM = re.compile(r"(?:10[*^]|[A-Za-z%'_]*(?:\[[^\[\]]*\])?[A-Za-z%'_]*)")
_EXPONENT = re.compile(r"[+-]?[0-9]+")


@lru_cache(maxsize=1024)
def is_ucum(unit: str) -> bool:
    """`mg/dL`, `mm[Hg]`, `10*9/L`, `/min`, `{dose}` and `1` are units; `UI`, `cc` and `{comprimé}` (not ASCII) are not."""
    if not unit or len(unit) > _LONGEST:
        return False
    place = 1 if unit.startswith("/") else 0
    return _term(unit, place) == len(unit)


@lru_cache(maxsize=256)
def unit_meant(text: str) -> str:
    """The unit of UCUM that people mean: `mm[Hg]` by `mmHg`, `mg/d` by `mg/jour`; empty where that is not known."""
    parts = [_MEANT.get(part, part) for part in text.strip().split("/")]
    unit = "/".join(parts)
    return unit if unit != text and is_ucum(unit) else ""


def measures_as(unit: str, atom: str) -> bool | None:
    """Whether a unit measures what an atom does: `mo` and `ms` are times as `a` is, `kg` and `s2` are not.

    None for what is made of several units, and for an atom that is neither a time nor a length.
    """
    kind = next((kind for kind in _KINDS if atom in kind), None)
    bare = _ANNOTATION.sub("", unit)
    if kind is None or not is_ucum(unit) or any(sign in bare for sign in "./("):
        return None
    found = _ATOM.match(bare)
    if found is None or bare[found.end() :] not in ("", "1", "+1"):
        return False
    return any(prefix + one == found[0] for one in _METRIC & kind for prefix in _PREFIXES) or found[0] in kind


def _term(unit: str, place: int) -> int | None:
    """Where the term that begins at `place` ends, None when none does."""
    end = _component(unit, place)
    while end is not None and unit[end : end + 1] in (".", "/"):
        end = _component(unit, end + 1)
    return end


def _component(unit: str, place: int) -> int | None:
    if unit[place : place + 1] == "(":
        end = _term(unit, place + 1)
        return end + 1 if end is not None and unit[end : end + 1] == ")" else None
    note = _ANNOTATION.match(unit, place)
    if note:
        return note.end()
    end = _simple(unit, place)
    if end is None:
        return None
    note = _ANNOTATION.match(unit, end)
    return note.end() if note else end


def _simple(unit: str, place: int) -> int | None:
    """A number, or an atom with its prefix and exponent."""
    atom = _ATOM.match(unit, place)
    if atom is not None and atom[0] and _is_atom(atom[0]):
        exponent = _EXPONENT.match(unit, atom.end())
        return exponent.end() if exponent else atom.end()
    number = _NUMBER.match(unit, place)
    return number.end() if number else None


def _is_atom(text: str) -> bool:
    if text in _PLAIN or text in _METRIC:
        return True
    return any(text.startswith(prefix) and text[len(prefix) :] in _METRIC for prefix in _PREFIXES)
