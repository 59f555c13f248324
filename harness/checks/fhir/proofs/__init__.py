"""Definitions proved: each facet of what they ask is broken in a valid resource and has to trip its own check."""
