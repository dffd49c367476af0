"""recording → one image or a few numbers."""
