"""What numbers mean: pure functions and classes, without Home Assistant and without a clock of their own."""
