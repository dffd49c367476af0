"""recording → recording."""
