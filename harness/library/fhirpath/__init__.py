"""FHIRPath as text, tree and Python: what needs no resource to be done, so that packages and profiles keep it compiled."""
