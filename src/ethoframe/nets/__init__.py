"""What learned methods share: networks, losses, augmentation, training, weights, inference."""
