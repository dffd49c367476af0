"""recording → label map."""
