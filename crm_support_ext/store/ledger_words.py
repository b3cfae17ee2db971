"""What is said of a ledger to those who keep it: why something is not booked, and what a correction does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from frappe import _

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import Entry, Kind
from crm_support_ext.store.amounts import change, long_date, strippen
from crm_support_ext.store.spans import number


def refused(refusal: Refusal) -> str:
	"""Why nothing was booked, and what to do."""
	return _SAID[refusal.code](refusal.facts)


def left(balance: Decimal) -> str:
	"""What there is, in a sentence of its own."""
	return _("Left: {0}").format(strippen(balance))


def entry_word(entry: Entry) -> str:
	"""An entry in a sentence: its number, what it is, its amount and what it was for."""
	what = f"{_(entry.kind.value)} {change(entry.amount)}"
	if entry.ticket:
		return _("Entry {0} ({1}, ticket #{2})").format(entry.number, what, entry.ticket)
	return _("Entry {0} ({1}, lot {2})").format(entry.number, what, entry.lot)


def correction(entry: Entry, lines: Sequence[Entry], before: Decimal, after: Decimal) -> str:
	"""What the correction of an entry would do."""
	said = [
		_("{0} is taken back: {1} on lot {2}, and the balance goes from {3} to {4}.").format(
			entry_word(entry), change(-entry.amount), entry.lot, number(before), number(after)
		)
	]
	if any(line.kind is Kind.EXPIRY for line in lines):
		said.append(
			_("That lot ended on {0}, so what comes back lapses at once.").format(long_date(entry.last_day))
		)
	if entry.work_log:
		said.append(
			_(
				"The work log stays as it is. If the work itself was logged by mistake, withdraw it on the ticket instead."
			)
		)
	return " ".join(said)


_SAID: dict[str, Callable[[Mapping[str, Any]], str]] = {
	"no_such_entry": lambda facts: _("There is no entry {0} on this contract.").format(facts["number"]),
	"corrected_already": lambda facts: _("Entry {0} is taken back already, by entry {1}.").format(
		facts["number"], facts["by"]
	),
	"is_a_correction": lambda facts: _(
		"Entry {0} is itself a {1}, and stays. Book what is right anew instead."
	).format(facts["number"], _(facts["kind"].value)),
	"expiry_stands": lambda facts: _(
		"Entry {0} is an expiry, and stays. Grant strippen instead, with a reason."
	).format(facts["number"]),
	"lot_used": lambda facts: _(
		"Entry {0} opened lot {1}, of which {2} of {3} are left: the rest is used. Take back the uses first."
	).format(facts["number"], facts["lot"], number(facts["left"]), number(facts["wanted"])),
	"reason_missing": lambda facts: _("Say why: the reason stands in the ledger, and the customer reads it."),
	"nothing_to_add": lambda facts: _("{0} cannot be added: write a number above 0.").format(
		number(facts["units"])
	),
	"outside_contract": lambda facts: _(
		"The contract runs from {0} to {1}; nothing is granted or sold on it today."
	).format(long_date(facts["start"]), long_date(facts["end"])),
}
"""What is said of a refusal, from its facts alone."""
