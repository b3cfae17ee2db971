"""How a piece of work is settled, and why, in a sentence; and what is said of a table of settlement.

The same sentence is shown to the agent before saving, in the agent's language and with what is left, and kept with the
work log, in the site's language and without it: a balance is never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from frappe import _
from frappe.utils import format_datetime, get_fullname

from crm_support_ext.domain.payment import Part
from crm_support_ext.domain.settlement import Decision, Law, Rule, Settlement
from crm_support_ext.domain.settlement_table import Finding, Flaw
from crm_support_ext.domain.strippen import Kind
from crm_support_ext.services.settlements import Job, Settled
from crm_support_ext.store.amounts import hours, long_date, minutes, strippen
from crm_support_ext.store.frappe import site_time


def rule_word(rule: Rule) -> str:
	"""A rule by its conditions."""
	contract = {True: _("with a contract"), False: _("no contract"), None: ""}
	parts = (
		contract[rule.has_contract],
		_(rule.kind) if rule.kind else "",
		rule.activity,
		_(rule.role.value) if rule.role else "",
		_(rule.place.value) if rule.place else "",
	)
	return ", ".join(filter(None, parts)) or _("everything else")


def law_word(law: Law) -> str:
	"""Why strippen cannot pay."""
	return {
		Law.NO_CONTRACT: _("the customer has no contract on that day"),
		Law.PROGRAMMER: _("work of a programmer is never paid in strippen"),
		Law.ON_SITE: _("work on site is never paid in strippen"),
		Law.ASSIGNMENT: _("the customer accepted a fixed price for it"),
	}[law]


def reason(job: Job, settled: Settled, left: Decimal | None = None) -> str:
	"""How the work is settled and why; with what is left of the strippen, if that is given."""
	what = _how(job, settled)
	if left is not None and settled.decision.settlement is Settlement.STRIPPEN:
		what = _("{0}, {1} left").format(what, strippen(left))
	return f"{what}: {_why(job, settled.decision)}"


def shown(job: Job, settled: Settled, left: Decimal) -> str:
	"""What the agent sees before saving: the reason, and a warning where there is no contract."""
	words = reason(job, settled, left)
	if job.contract is None and settled.decision.settlement is Settlement.TIME_AND_MATERIAL:
		return _("{0}. The customer has no contract on that day: tell them before you start.").format(words)
	return f"{words}."


def _why(job: Job, decision: Decision) -> str:
	rule = _("rule {0}").format(f"“{rule_word(decision.rule)}”")
	if decision.overruled_by:
		return _("{0} says strippen, but {1}").format(rule, law_word(decision.overruled_by))
	return rule


def _how(job: Job, settled: Settled) -> str:
	way = settled.decision.settlement
	if way is Settlement.FIXED_PRICE and job.offer:
		return _("Fixed price of quotation {0}").format(job.offer.name)
	if way is not Settlement.STRIPPEN or job.contract is None:
		return _(way.value)
	paid, rest = sum((part.strippen for part in settled.parts), Decimal(0)), _rest(settled.parts)
	if rest is not None and not paid:
		return _("Time and Material, as contract {0} has no strippen left").format(job.contract.name)
	words = _("{0} of contract {1}").format(strippen(paid), job.contract.name)
	if job.offer:
		words = _("{0}, on quotation {1}").format(words, job.offer.name)
	if bought := sum((line.amount for line in settled.lines if line.kind is Kind.PURCHASE), Decimal(0)):
		words = _("{0}, of which {1} are bought at once").format(words, strippen(bought))
	if rest is None:
		return words
	return _("{0}, as far as they reach, and {1} as Time and Material").format(words, minutes(rest))


def _rest(parts: Sequence[Part]) -> int | None:
	"""The minutes that strippen did not pay; None: they paid all."""
	others = [part.minutes for part in parts if part.settlement is not Settlement.STRIPPEN]
	return sum(others) if others else None


def said_of(finding: Finding) -> str:
	"""What is the matter with a row of the table, and what to do."""
	row = _("Row {0} ({1})").format(finding.row, rule_word(finding.rule))
	laws = "; ".join(law_word(law) for law in finding.laws)
	if finding.flaw is Flaw.AGAINST_A_LAW:
		return _(
			"{0} can settle nothing in strippen: {1}. Choose another settlement, or delete the row."
		).format(row, laws)
	if finding.flaw is Flaw.OVERRULED:
		return _("{0} says strippen for work, too, that is billed all the same: {1}.").format(row, laws)
	earlier = ", ".join(str(number) for number in finding.earlier)
	return _("{0} never decides: all its work is taken by the rows before it ({1}).").format(row, earlier)


def _too_low(facts: Mapping[str, Any]) -> str:
	return _(
		"This costs {0}, and contract {1} has {2} left. Nothing was booked. A contract manager can buy strippen on the contract."
	).format(strippen(facts["wanted"]), facts.get("contract", ""), strippen(facts["left"]))


def _not_begun(facts: Mapping[str, Any]) -> str:
	at: datetime = site_time(facts["start"])
	return _("{0} is still to come: work is logged once it has begun.").format(format_datetime(at))


SAID: dict[str, Callable[[Mapping[str, Any]], str]] = {
	"balance_too_low": _too_low,
	"too_long": lambda facts: _("{0} minutes are more than a day has. Log each day by itself.").format(
		facts["minutes"]
	),
	"not_begun_yet": _not_begun,
	"booked_already": lambda facts: _(
		"This press was booked before, with {0}. Load the page again; withdraw that work if it is wrong."
	).format(minutes(facts["minutes"])),
	"work_is_logged": lambda facts: _(
		"{0} of work are logged on ticket #{1}. The customer's statement names them, so the ticket stays. Close it instead."
	).format(hours(facts["minutes"]), facts["ticket"]),
	"withdrawn_already": lambda facts: _("This work is withdrawn already."),
	"not_your_work": lambda facts: _("{0} did this work. They withdraw it, or a manager.").format(
		get_fullname(facts["agent"])
	),
	"year_is_over": lambda facts: _(
		"The contract year of {0} is over: only a manager withdraws work of that day."
	).format(long_date(facts["day"])),
}
"""What is said of a refusal, from its facts alone."""
