"""What some resources ask beyond their elements: Bundles, questionnaires and their answers, measures, definitions."""
