"""Rules that are written as a table in a text: a heading, then a row in each line."""

from __future__ import annotations


def cells(table: str) -> list[list[str]]:
	"""The cells of each line, that of the heading too; two blanks or more part the columns."""
	lines = table.strip().splitlines()
	return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def rows(table: str) -> list[list[str]]:
	"""The cells of each row below the heading."""
	return cells(table)[1:]
