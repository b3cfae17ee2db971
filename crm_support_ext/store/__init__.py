"""The worlds on which the use cases run."""
