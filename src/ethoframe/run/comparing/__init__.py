"""Rules and networks on the same labels: the same splits, the same frames, the same score."""
