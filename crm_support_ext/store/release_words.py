"""What is said of a release: what it means for those who wait, and why a step is not possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from frappe import _

from crm_support_ext.domain.releases import Step, Verdict


def what_they_hear(verdict: Verdict) -> str:
	"""What becomes of the tickets of this verdict, in a list of them."""
	return {
		Verdict.INSTALL: _("are told to install it, and resolved"),
		Verdict.UPGRADE_FIRST: _("are told to upgrade first, and stay parked"),
		Verdict.UNSUPPORTED: _("are told that their version is not supported, and stay parked"),
		Verdict.VERSION_UNKNOWN: _("are asked which version they have, and stay parked"),
		Verdict.NOT_MEANT: _("hear nothing, as they have a newer version, and stay parked"),
	}[verdict]


def _no_such_step(facts: Mapping[str, Any]) -> str:
	said = {
		Step.GO_OUT: _(
			"This release is {0} already: it goes out once. Plan what is still to come for another one; nothing was changed."
		),
		Step.STOP: _(
			"This release is {0}, so there is nothing to stop. Load the page again; nothing was changed."
		),
		Step.GO_ON: _("This release is {0} and was not stopped. Load the page again; nothing was changed."),
	}[facts["step"]]
	return said.format(_(facts["stage"].value))


SAID: dict[str, Callable[[Mapping[str, Any]], str]] = {
	"releases_are_the_directors": lambda facts: _(
		"Only the product director decides about releases. Ask them to do it; nothing was changed."
	),
	"release_stage": _no_such_step,
	"upgrade_not_out": lambda facts: _(
		"The upgrade that it is an update of is not out yet. Release that one first; nothing was changed."
	),
}
"""What is said of a refusal, by its code."""
