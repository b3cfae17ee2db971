"""The use cases of the desk, one per file: gather, decide, apply. They know the rules and their ports, no framework."""
