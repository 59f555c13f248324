"""The ways to break a valid resource, by the kind of the facet that each of them breaks."""
