"""Where the parts of an animal are, frame by frame."""
