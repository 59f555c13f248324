"""What is known of codes, their systems, labels and units, for CDA and for FHIR."""
