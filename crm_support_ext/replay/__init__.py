"""The rules on a log, without a site: a log of a desk in, what the rules make of it out (replay.md)."""
