"""Published tools for testing methods: laws, strategies, and scenes whose truth is known."""
