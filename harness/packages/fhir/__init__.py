"""FHIR packages brought to this machine: from a registry that speaks the npm protocol, from a file or from a folder."""
