"""recording → values per frame."""
