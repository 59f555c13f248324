"""The functions of rules on CDA (rule_functions.py), and what they ask of elements; of texts and tables: narrative/."""
