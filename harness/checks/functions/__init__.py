"""The functions of rules on CDA (rule_functions.py; those that read the narrative: narrative_functions.py), and what they ask of
elements; of texts and tables: narrative/."""
