"""Compares the narrative with the entries that cite it, and finds where the two disagree.

Rules ask through `h:` functions (functions/narrative_functions.py), which find the passage that a reference leads to; most ask
`entry_told` of rows.py, which asks the others in turn until one answers:

- where words stand: tables (rows, columns, headings), labels (what an entry is named, whose words a passage has);
- numbers: numbers (a passage that is one), measures (in a row);
- medicines: posology (strength, dose, period), substances (by the stems of their names), vaccines, lots (and ranks);
- facts: dates, contraries (positive and negative, right and left), assertions (of what is denied), codes (that a passage writes),
  names (of another code, medicine, relative, reason), references (that were exchanged).

Each tells only what a person would take for a slip: where the text may mean the same in other words, or another fact, nothing is
said.
"""
