"""Does the passage that an entry cites, or the row of the table that it stands in, tell what the entry tells?

A passage that is cited is often the name of a fact: its value, date or answer stand beside it, in the same row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ...labels import akin, fold
from ..functions.legibility import OF_SOFTWARE, is_of_genes
from ..functions.vaccination_ranks import ranks_of
from ..node import Node
from .contraries import graded_otherwise, has_contrary, row_tells_contrary, spaced, told_contrary
from .dates import dated_otherwise, measured_on_another_day, row_dates_otherwise
from .labels import PassageOf, asked_of, coded_labels_of, labels_of, names_of, reference_of, tells_another, words_named
from .lots import lacks_lot, lacks_rank
from .measures import counted_by_another_time, measured_otherwise, reads_otherwise, smoked_otherwise, tells_pack_years
from .numbers import counted_otherwise, told_otherwise
from .posology import of_another_strength, posology_told, row_takes_otherwise, strengths
from .references import are_exchanged
from .tables import cells_beside, cells_headed, first_row_over, headings_over, heads_over, words_of
from .vaccines import prevented, prevents_another

_COUNT = re.compile("[0-9]{1,4}")
_RENEWALS = re.compile(r"(?:nombre|nb|nbre) de renouvel\w*|renouvellements")  # not `renouvellement (mois)`
_PACK_YEARS_UNIT = ("/a", ".a", "year", "years")  # `{pack}/a`, which the VSM writes of pack-years; not `{pack}/d`
_ANSWERS = {"oui": "true", "non": "false"}
_NEGATED = re.compile(r"\b(?:pas|non|jamais|ni|sans|aucune?|plus d|exclu\w*|[ée]limin\w*|[ée]cart\w*|absen\w*)\b", re.IGNORECASE)
_DENIES = re.compile(rf"{_NEGATED.pattern}|\b(?:hors|ne|refus\w*|oppos\w*|interdi\w*)\b", re.IGNORECASE)
_YES = re.compile(r"(?i)\boui\b")
_DATED = re.compile(r"^[0-9]{2}/[0-9]{2}/[0-9]{4}\W{1,3}(?=(?i:oui|non)$)")  # `10/07/2018, Oui`
_EITHER = re.compile(r"(?i)\boui\W+non\b|\bou (?:non|pas)\b")
_OF_ANOTHER_ANSWER = re.compile(  # what stands above the column of an answer that is cited itself, to something else
    r"\b(?:valid|verif|confirm|inform|traite|saisi|imprim|transmi|lu\b|envoy|factur|famili|heredit|ald\b|exoner|suivi|signal|declar"
    r"|consent|accord|chronique|surveill|relu|prevu|programm|urgence|complic|incident|effets? ind|contre indic|norma(?:l|ux)"
    r"|intact|physiolog)"
)
_OF_THE_ANSWER = re.compile(  # what stands above answers to what the row names, folded; not `Programmée`, `Complications`
    r"(?:$|oui|non\b|o n\b|reponse|presen|absen|existe|fait|realis|effectu|pratiqu|autoris|resultat|statut|etat\b"
    r"|valeur(?!s? (?:attendu|anteri|preced|cible|norm|de ref))|attein|antecedent|.*\b(?:o n|oui non)$|retrouv"
    r"|constat|observ|administr|donne|choix|conclusion|information|precision|contenu"
    r"|droite?\b|gauche\b)"
)
_OF_DOING = re.compile(r"fait|realis|effectu|pratiqu|explor|evalue")
_SOUGHT_OR_BEFORE = re.compile(r"(?i)\bant[ée]c[ée]dent|\bant[ée]rieur|\bd[ée]pist|\brecherch")
_OF_A_SIDE = re.compile(r"(?:\w+ )?(?:droite?|gauche)\b")
_OF_NO_DOSE = re.compile(  # what is answered of a treatment is not that it was given
    r"arret|interr|suspen|oubli|refus|contre.?indi|effet|reaction|substitu|rembours|automed|retard|report|prev|risque|allerg|tolere"
    r"|\bald\b|incident|rappel a"
)
_MEASURES = frozenset(("PQ", "INT", "REAL"))
_TEXTS = frozenset(("ED", "ST"))
_MOMENTS = frozenset(("TS", "IVL_TS"))
_PROBLEM = "1.3.6.1.4.1.19376.1.5.3.1.4.5"
_NOT_DONE = frozenset(("aborted", "cancelled", "held", "new", "nullified", "obsolete", "suspended"))
_WITHIN = frozenset(("observation", "substanceAdministration"))  # what they hold stands in their row, which is dated for them


def entry_told(entry: Node, passage_of: PassageOf, cited: Callable[[str], int]) -> str:
    """What the passage or its row tells otherwise of an observation, a procedure or an administration, as one word: `number`,
    `answer`, `contrary`, `moment`, `date`, `lot`, `rank`, `dose`, `period`, `renewals`, `another`, or `software` where a cell is
    a word that software left; or nothing."""
    reference = reference_of(entry, "text")
    values = entry.named.get("value", ())
    if not reference and len(values) == 1 and entry.tag == "observation":
        reference = reference_of(entry.named["code"][0], "originalText") if "code" in entry.named else ""
        passage = passage_of(reference)
        said = _value_told(entry, values[0], passage, reference, cited) if passage is not None else ""
        return said or _own_words_told(values[0], passage_of)
    passage = passage_of(reference)
    if passage is None:
        return ""
    if len(values) == 1 and (said := _value_told(entry, values[0], passage, reference, cited)):
        return said
    if entry.tag == "observation" and not _is_problem(entry):
        is_measure = len(values) == 1 and values[0].type in _MEASURES
        if is_measure:
            return "date" if measured_on_another_day(entry, passage) else ""
        return "another" if len(values) == 1 and are_exchanged(entry, passage, passage_of) else ""
    if entry.tag == "substanceAdministration" and _is_given_otherwise(entry, passage):
        return "answer"
    if entry.tag == "procedure":
        negated = entry.attributes.get("negationInd") or ("false" if _is_answered_itself(entry, passage) else "")
        if negated and answered_otherwise(passage, "false" if negated == "true" else "true", asked_of(entry)):
            return "answer"
    cells, own = cells_beside(passage)
    if not OF_SOFTWARE.isdisjoint(cells) and not is_of_genes(" ".join(cells)):
        return "software"
    if row_dates_otherwise(entry, passage, cells, own):
        return "date"
    if entry.tag == "substanceAdministration" and (said := _product_told(entry, passage, cells)):
        return said
    if entry.tag == "procedure" and any(counted_otherwise(passage.whole_text, label) for label in labels_of(entry)):
        return "another"
    return "another" if tells_another(entry, passage, cells, cited) else ""


def _value_told(entry: Node, value: Node, passage: Node, reference: str, cited: Callable[[str], int]) -> str:
    attributes = value.attributes
    kind, told = value.type, attributes.get("value", "")
    if kind in _MEASURES:
        if not told:
            return ""
        unit = attributes.get("unit", "")
        if "pack" in unit and unit.rstrip("}").endswith(_PACK_YEARS_UNIT) and _smoked_otherwise(passage, told):
            return "number"
        said = words_of(passage)
        name, colon, rest = said.partition(":")
        if colon and akin(name, [asked_of(entry)]):  # `Température corporelle : 34 °C`
            said = rest.strip()
        if cited(reference) == 1 and told_otherwise(said, told, unit):
            return "number"
        cells, own = cells_beside(passage)
        otherwise = len(cells) > 1 and (
            measured_otherwise(cells, own, told, unit, lambda: headings_over(passage, cells))
            or counted_by_another_time(cells, told, unit)
        )
        return "number" if otherwise else ""
    if kind in _TEXTS:
        return "number" if reads_otherwise(passage, value.text) else ""
    negated = entry.attributes.get("negationInd", "")
    if kind == "BL":
        asked = (asked_of(entry), _asked_closely(entry)) if negated != "true" else ()
        return "answer" if any(answered_otherwise(passage, told, one, anywhere=True) for one in asked) else ""
    if kind in _MOMENTS:
        cells, _ = cells_beside(passage)  # of a name and a date: in a longer row the date may be that of something else
        return "moment" if dated_otherwise(cells if len(cells) == 2 else [passage.whole_text.strip()], (told,), (told,)) else ""
    if (
        negated
        and "code" in attributes
        and answered_otherwise(passage, "false" if negated == "true" else "true", attributes.get("displayName", ""))
    ):
        return "answer"
    label = attributes.get("displayName", "")
    if (has_contrary(label) and row_tells_contrary(passage, label)) or graded_otherwise(passage.whole_text.strip(), label):
        return "contrary"
    return ""


def _asked_closely(entry: Node) -> str:
    """What its code is qualified by: of `Autre élément social`, `Risque de saturnisme`; or the label of the code."""
    qualifiers = (one for code in entry.named.get("code", ()) for one in code.named.get("qualifier", ()))
    values = (value for one in qualifiers for value in one.named.get("value", ()))
    return next((value.attributes.get("displayName", "") for value in values), "") or asked_of(entry)


def _own_words_told(value: Node, passage_of: PassageOf) -> str:
    """`contrary` where the passage that the value itself cites tells the contrary of its label."""
    label = value.attributes.get("displayName", "")
    passage = passage_of(reference_of(value, "originalText")) if has_contrary(label) else None
    return "contrary" if passage is not None and told_contrary(spaced(passage), (), label) else ""


def _smoked_otherwise(passage: Node, value: str) -> bool:
    """Whether the passage, or a cell of its row, gives another number of pack-years."""
    cells = [cell for cell in cells_beside(passage)[0] if tells_pack_years(cell)]
    said = words_of(passage)
    if not tells_pack_years(said) and len(cells) == 1:
        (said,) = cells
    return smoked_otherwise(said, value)


def _product_told(entry: Node, passage: Node, cells: Sequence[str]) -> str:
    lots = [lot.text.strip() for lot in entry.index.below(entry, "lotNumberText")]
    if any(lot and lacks_lot(passage, cells, lot) for lot in lots):
        return "lot"
    if any(lacks_rank(passage, cells, rank) for rank in ranks_of(entry)):
        return "rank"
    said = passage.whole_text
    if prevented(said) and any(prevents_another(said, names(entry)) for names in (coded_labels_of, names_of)):
        return "another"
    if strengths(said) and of_another_strength(said, labels_of(entry), entry):
        return "another"
    if "repeatNumber" in entry.named and _renewed_otherwise(entry, passage, cells):
        return "renewals"
    return posology_told(said.strip(), cells, entry) or row_takes_otherwise(entry, passage, cells)


def _renewed_otherwise(entry: Node, passage: Node, cells: Sequence[str]) -> bool:
    """Whether the row gives another number of renewals; the first delivery may be counted with them, or not."""
    repeats = entry.named["repeatNumber"][0].attributes.get("value", "")
    told = [cell for cell in cells_headed(passage, cells, _RENEWALS) if _COUNT.fullmatch(cell)]
    return bool(told) and _COUNT.fullmatch(repeats) is not None and all(abs(int(cell) - int(repeats)) > 1 for cell in told)


def _is_problem(entry: Node) -> bool:
    """One that stands for itself, or in the act of a concern."""
    above = entry.parent.parent if entry.parent is not None else None
    return above is not None and above.tag not in _WITHIN and entry in entry.index.claims.get(_PROBLEM, ())


def _is_given_otherwise(administration: Node, passage: Node) -> bool:
    """The passage is `oui` or `non`, to whether it was given, and the entry says the contrary."""
    if not _is_answer(passage.whole_text) or administration.attributes.get("moodCode", "EVN") != "EVN":
        return False
    cells, place = cells_beside(passage)
    if _OF_NO_DOSE.search(fold(" ".join((*cells[:place], *headings_over(passage, cells)[place : place + 1])))):
        return False
    given = "false" if administration.attributes.get("negationInd") == "true" else "true"
    return answered_otherwise(passage, given, asked_of(administration))


def _is_answered_itself(procedure: Node, passage: Node) -> bool:
    """The passage is `oui` or `non`, to the name of the act and whether it is done; and the act is told as one that took place."""
    if not _is_answer(passage.whole_text) or procedure.attributes.get("moodCode", "EVN") != "EVN":
        return False
    cells, place = cells_beside(passage)
    question = headings_over(passage, cells)[place : place + 1]
    if (place > 1 and not question) or any(_OF_THE_ANSWER.match(one) is None for one in question):
        return False
    if not words_named(" ".join(cells[:place])) <= words_named(asked_of(procedure)):
        return False
    return _NOT_DONE.isdisjoint(status.attributes.get("code", "") for status in procedure.named.get("statusCode", ()))


def answered_otherwise(passage: Node, truth: str, label: str, *, anywhere: bool = False) -> bool:
    """The passage, or else the cell after it, is `oui` or `non`, and not what is said to be true or false of the label.

    anywhere: or else the one answer of the row, in whichever cell: `Évaluation | Oui | 03/10/2018 | a description`. Not where the
    passage speaks for itself, nor where the answer is to another question.
    """
    cells, place = cells_beside(passage)
    words = _undated(passage)
    itself = _is_answer(words)
    if not itself:
        answers = [at for at, cell in enumerate(cells) if _is_answer(cell)] if anywhere else ()
        place = answers[0] if len(answers) == 1 else place + 1
    said = words if itself or not cells else cells[place] if place < len(cells) else ""
    answer = _ANSWERS.get(said.lower())
    if answer is None or truth not in ("true", "false") or answer == truth:
        return False
    if not itself and _speaks_for_itself(passage):
        return False
    asked = " ".join(cells[:place]) if itself else words
    if anywhere and label and asked:  # `Urgence | Non` of `Programmé`
        heads = headings_over(passage, cells) if itself else ()
        if _differ_by_a_word(asked, label) or not akin(" ".join((asked, *heads[place : place + 1])), [label]):
            return False
    return not _answers_another(passage, cells, place, label)


def _is_answer(text: str) -> bool:
    return text.strip().lower() in _ANSWERS


def _undated(passage: Node) -> str:
    return _DATED.sub("", passage.whole_text.strip())


def _differ_by_a_word(asked: str, label: str) -> bool:
    """`Allaitement artificiel` and `Allaitement maternel`; or one alone asks of what was before, or whether it was sought."""
    if (_SOUGHT_OR_BEFORE.search(asked) is None) != (_SOUGHT_OR_BEFORE.search(label) is None):
        return True
    own, theirs = words_named(asked), words_named(label)
    return len(own - theirs) == len(theirs - own) == 1 and not own.isdisjoint(theirs)


def _answers_another(passage: Node, cells: Sequence[str], place: int, label: str) -> bool:
    """By its heading: `Complications`, `ALD`; or it is asked of the contrary: `Remboursable` of `Non remboursable`, `Refusé` of a
    care."""
    heads = heads_over(passage, cells)
    above = [head.whole_text for head in heads] or first_row_over(passage, cells)
    question = above[place] if above and not _is_answer(above[place]) else ""
    own = _is_answer(_undated(passage))
    if not own and above and _OF_A_SIDE.match(fold(above[cells_beside(passage)[1]])):
        return True  # what is told of the right side, and the answer of the left
    of_another = _OF_ANOTHER_ANSWER.search(fold(question)) if own else not _OF_THE_ANSWER.match(fold(question))
    if of_another and not akin(question, [label]):
        return True
    if not own and _OF_DOING.match(fold(question)) and sum(map(_is_answer, cells)) > 1:
        return True  # it was looked at, and another answer tells what was found
    beside = (cell for cell in reversed(cells[:place]) if not _is_answer(cell))  # the name of the row, not another answer
    words = passage.whole_text if not own else next(beside, "") if not heads else ""
    question = _EITHER.sub("", f"{question} {words}")
    return (_DENIES.search(question) is None) != (_DENIES.match(label) is None)


def _speaks_for_itself(passage: Node) -> bool:
    """It denies, `Absence de fièvre | Oui` says that there is none; or it has an answer, `Oui ☑`, `Droite : oui`."""
    text = passage.whole_text
    return _NEGATED.search(text) is not None or _YES.search(text) is not None
