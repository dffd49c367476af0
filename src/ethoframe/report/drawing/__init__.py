"""The page on which a person draws the arena and its zones."""
