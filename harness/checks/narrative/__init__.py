"""What the narrative tells of the entries that cite it, where the two do not agree."""
