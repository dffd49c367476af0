"""The page of a comparison: which method is best on one's own labels, and how sure that is."""
