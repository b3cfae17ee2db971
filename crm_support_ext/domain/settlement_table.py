"""What is to be said of a table of settlement before it holds: rows that do not do what they say.

Rule: domain.md section 5, the two laws that no table can break. A row that could settle nothing but work that a law
keeps out of strippen says what never happens, and is not let into a table. One that does so in part stays, and the
law overrules it there. A row whose work earlier rows take already never decides anything. All this is found by
trying the table on every work that there can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product

from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.settlement import Choice, Law, Place, Role, Rule, Work, law_against_strippen

ANOTHER = "\0"
"""An activity that no row names."""


class Flaw(str, Enum):
	"""What is the matter with a row."""

	AGAINST_A_LAW = "against a law"
	OVERRULED = "overruled"
	NEVER_DECIDES = "never decides"


@dataclass(frozen=True)
class Finding:
	"""A flaw of a row, which counts from 1: the laws that overrule it, or the rows that take its work before it."""

	row: int
	rule: Rule
	flaw: Flaw
	laws: tuple[Law, ...] = ()
	earlier: tuple[int, ...] = ()


def every_work(rules: Sequence[Rule]) -> Iterator[Work]:
	"""Each work that a table can tell apart: a quarter of an hour of it."""
	kinds = ("", *(kind.value for kind in Kind))
	activities = (ANOTHER, *dict.fromkeys(rule.activity for rule in rules if rule.activity))
	for kind, activity, role, place, has_contract in product(kinds, activities, Role, Place, (True, False)):
		yield Work(kind, activity, role, place, 15, has_contract)


def findings(rules: Sequence[Rule]) -> list[Finding]:
	"""What is the matter with the rows of a table, in their order."""
	fitting: list[list[Work]] = [[] for _ in rules]
	decided: list[list[Work]] = [[] for _ in rules]
	takers: list[set[int]] = [set() for _ in rules]
	for work in every_work(rules):
		fits = [index for index, rule in enumerate(rules) if rule.fits(work)]
		for index in fits:
			fitting[index].append(work)
			takers[index].add(fits[0] + 1)
		if fits:
			decided[fits[0]].append(work)
	return [
		finding
		for index, rule in enumerate(rules)
		if (finding := _finding(index + 1, rule, fitting[index], decided[index], takers[index]))
	]


def _finding(
	row: int, rule: Rule, fitting: Sequence[Work], decided: Sequence[Work], takers: set[int]
) -> Finding | None:
	in_strippen = rule.settlement is Choice.STRIPPEN
	if in_strippen and all(law_against_strippen(work) for work in fitting):
		return Finding(row, rule, Flaw.AGAINST_A_LAW, laws=_laws(fitting))
	if not decided:
		return Finding(row, rule, Flaw.NEVER_DECIDES, earlier=tuple(sorted(takers)))
	laws = _laws(decided) if in_strippen else ()
	return Finding(row, rule, Flaw.OVERRULED, laws=laws) if laws else None


def _laws(works: Sequence[Work]) -> tuple[Law, ...]:
	found = {law_against_strippen(work) for work in works}
	return tuple(law for law in Law if law in found)
