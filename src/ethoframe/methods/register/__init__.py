"""recording → transforms, clocks → clocks."""
