"""Judging FHIR resources against base R4 and profiles."""
