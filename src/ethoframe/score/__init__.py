"""Truth against answer, each score with its number and its interval."""
