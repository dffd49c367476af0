"""What the field uses today, run beside us: each peer in an environment of its own."""
