"""recording → points, boxes, arenas, states."""
