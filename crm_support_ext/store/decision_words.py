"""What is said of a decision on a parked item: what it is called, and why it is not possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from frappe import _

from crm_support_ext.domain.decisions import Decision, possible
from crm_support_ext.store.amounts import short_date


def decision_label(decision: Decision) -> str:
	"""What a button of the board says."""
	return {
		Decision.PLAN: _("Plan"),
		Decision.DEFER: _("Defer"),
		Decision.DECLINE: _("Decline"),
		Decision.TAKE_BACK: _("Take back"),
		Decision.RELEASE: _("Went out"),
		Decision.CAME_BACK: _("Came back"),
	}[decision]


def _decided(facts: Mapping[str, Any]) -> str:
	instead = [decision_label(each) for each in possible(facts["state"])]
	said = _("The item is {0}, where “{1}” is not possible; nothing was decided.").format(
		_(facts["state"].value), decision_label(facts["decision"])
	)
	return said + " " + (_("What is possible now: {0}.").format(", ".join(instead)) if instead else _final())


def _final() -> str:
	return _("That is final. Make another item if it is to be decided again.")


def _reason_needed(facts: Mapping[str, Any]) -> str:
	if facts["decision"] is Decision.DECLINE:
		return _("Declining needs a reason, which the customers who wait for it read. Nothing was decided.")
	if facts["decision"] is Decision.PLAN and not facts["comes"]:
		said = _(
			"This is against the rank: “{0}” ranks above it and is not planned. Say why; nothing was decided."
		)
		return said.format(facts["over"])
	said = _("This is against the rank: “{0}” is planned for {1}. Say why; nothing was decided.")
	return said.format(facts["over"], short_date(facts["comes"]))


SAID: dict[str, Callable[[Mapping[str, Any]], str]] = {
	"item_decided": _decided,
	"decision_reason_needed": _reason_needed,
	"not_the_directors": lambda facts: _(
		"Only the product director decides on parked items and chooses their weights. Nothing was changed."
	),
	"release_needed": lambda facts: _("Choose the release to plan it for; nothing was decided."),
	"release_not_theirs": lambda facts: _(
		"{0} is a release of {1}, and “{2}” is not of that product. Choose another release; nothing was decided."
	).format(facts["release"], facts["product"], facts["item"]),
	"release_not_open": lambda facts: _(
		"{0} is {1}, so nothing can be planned for it any more. Choose a release to come; nothing was decided."
	).format(facts["name"], _(facts["state"])),
	"day_to_come_needed": lambda facts: _("Choose a day to come to defer it to; nothing was decided."),
	"weight_out_of_bounds": lambda facts: _(
		"A weight lies between 0 and {0}; {1} does not. Nothing was saved."
	).format(facts["most"], facts["weight"]),
	"weights_all_zero": lambda facts: _(
		"Every score would be 0. Let a customer, a user or a ticket that came back count, and one of the factors."
	),
	"workaround_weighs_more": lambda facts: _(
		"Who has no workaround must not count less than who has one: lower the factor of the better workaround."
	),
}
"""Why not, by the code of the refusal."""
