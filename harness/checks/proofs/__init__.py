"""Proofs that the checks on CDA can fail (proving.py): specimens, and the mutations that spoil them; slips of a volet too."""
