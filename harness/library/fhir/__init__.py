"""FHIR definitions as plain data: compiled once from packages, looked up by canonical."""
