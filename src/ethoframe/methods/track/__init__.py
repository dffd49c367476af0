"""marks → tracks."""
