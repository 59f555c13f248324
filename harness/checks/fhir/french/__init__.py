"""Our own rules on FHIR, which need no package: which concern a document, what they say, and how each is proved."""
