"""What ``ethoframe score`` does: find answers and truths, pair them, score them, tell it."""
