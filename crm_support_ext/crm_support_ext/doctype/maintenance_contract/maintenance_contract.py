"""A maintenance contract of one customer: a plan, a term, who may order, our people, its own hours and targets.

Rule: domain.md section 4. What its ledger has booked stays, so from the first entry on its customer and its first day
are fixed. Of two contracts whose products meet no day counts twice; who changes one locks the customer first, so two
people who make two overlap at one moment do so one after the other, and the second is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, format_date, getdate, now_datetime

from crm_support_ext.constants import CONTRACT, CUSTOMER
from crm_support_ext.domain.contracts import State, following, move
from crm_support_ext.domain.passwords import holds_password
from crm_support_ext.store.contracts import as_stored, is_counting, last_booked, lock_customer, others_of
from crm_support_ext.store.recounting import recount_all, running

TERM = ("customer", "product", "start", "end")
"""What says whom a contract is for and when."""


class MaintenanceContract(Document):
	"""Kept by contract managers; its ledger of strippen hangs on it."""

	@property
	def next_upgrade(self) -> date | None:
		"""The day from which an upgrade is due again: at most one in two years."""
		return getdate(add_to_date(self.last_upgrade, years=2)) if self.last_upgrade else None

	def load_doc_before_save(self, **options: Any) -> None:
		"""Lock the customer before the contract, as everybody does who changes one."""
		stored = None if self.is_new() else frappe.db.get_value(CONTRACT, self.name, "customer")
		lock_customer(self.customer, stored)
		super().load_doc_before_save(**options)

	def validate(self) -> None:
		before = self.get_doc_before_save()
		self.check_days()
		self.check_state(before)
		self.check_overlap()
		self.check_what_is_booked(
			before
		)  # after the locks on the customer's contracts, for bookings wait for them
		self.check_people(before)
		self.check_remote_access()
		self.check_targets()
		self.keep_terms(before)

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before and _service(before) != _service(self):
			moved = [running(contract=as_stored(doc)) for doc in (before, self) if is_counting(doc)]
			recount_all(sorted(set().union(*moved)))
		if before and self.state == State.ACTIVE.value and _differs(before, self, ("state", "plan", *TERM)):
			turn = "crm_support_ext.tasks.ledger.turn"
			frappe.enqueue(turn, queue="short", enqueue_after_commit=True, contract=self.name)

	def on_trash(self) -> None:
		self.check_ledger()

	def before_rename(self, *args: Any) -> None:
		self.check_ledger()

	def after_rename(self, old: str, *args: Any) -> None:
		self.check_ledger(old)  # for a rename that left out the event before it

	def check_ledger(self, name: str = "") -> None:
		"""A contract with a ledger stays, under its name, which stands in each entry."""
		if last_booked(name or self.name):
			frappe.throw(
				_("{0} has a ledger and stays. End it instead: what was booked can be read later.").format(
					name or self.name
				)
			)

	def after_delete(self) -> None:
		self.check_ledger()  # for a deletion that left out the event before it
		if is_counting(self):
			recount_all(running(contract=as_stored(self)))

	def check_days(self) -> None:
		"""A term ends after it begins, and one that is renewed gets longer."""
		if getdate(self.end) < getdate(self.start):
			frappe.throw(
				_("The contract would end on {0}, before it begins on {1}. Swap the days.").format(
					format_date(self.end), format_date(self.start)
				)
			)
		if self.renews and not self.renew_months:
			frappe.throw(_("Say by how many months the contract renews itself, or let it not renew."))

	def check_state(self, before: Any) -> None:
		"""Only the table of states moves a contract, and a state says what is true of its days."""
		was, to = State(before.state) if before else State.DRAFT, State(self.state)
		if was in (State.EXPIRED, State.ENDED) and to is was and _differs(before, self, TERM):
			frappe.throw(
				_(
					"{0} is {1}: its customer, product and days stay as they are. Renew it, or make a new contract."
				).format(self.name, _(was.value))
			)
		if to is was:
			return
		if not before:
			frappe.throw(_("A contract begins as a draft. Save it, then activate it."))
		if move(was, to):
			frappe.throw(_not_that_state(self.name, was, to))
		today, end = getdate(), getdate(self.end)
		if to is State.ACTIVE and end < today:
			words = (
				_("{0} ended on {1}. Renew it, and it is active again.")
				if was is State.EXPIRED
				else _("{0} ended on {1}. Give it a later last day, and it can be active.")
			)
			frappe.throw(words.format(self.name, format_date(end)))
		if to is State.EXPIRED and end >= today:
			frappe.throw(
				_("{0} runs until {1}. End it, if it is given up.").format(self.name, format_date(end))
			)
		if to is State.ENDED and end > today:
			frappe.throw(_("Give {0} the last day on which it counts, today or before.").format(self.name))

	def check_what_is_booked(self, before: Any) -> None:
		"""The ledger's entries keep the customer, the first day and the days on which they were booked."""
		if not before or not _differs(before, self, TERM):
			return
		booked = last_booked(self.name)
		if booked and _differs(before, self, ("customer", "start")):
			frappe.throw(
				_("{0} has a ledger, so its customer and first day are fixed. Make a new contract.").format(
					self.name
				)
			)
		if booked and getdate(self.end) < min(booked, getdate(before.end)):
			frappe.throw(
				_("Something was booked on {0} on {1}: it cannot end before.").format(
					self.name, format_date(booked)
				)
			)

	def check_people(self, before: Any) -> None:
		"""Who may order is a contact of the customer; our people work here. What was right once is not asked again."""
		_no_two([row.contact for row in self.orderers], _("{0} is named twice among those who may order."))
		_no_two(
			[row.user for row in self.contact_persons], _("{0} is named twice among our contact persons.")
		)
		filters = {"parenttype": CUSTOMER, "parent": self.customer}
		members = frappe.get_all("HD Customer Member", filters=filters, pluck="contact_name")
		known = before if before and before.customer == self.customer else None
		for contact in _new(self, known, "orderers", "contact"):
			if contact not in members:
				frappe.throw(
					_(
						"{0} is no contact of {1} and cannot order for it. Add the contact to the customer first."
					).format(contact, self.customer)
				)
		for user in _new(self, before, "contact_persons", "user"):
			if frappe.get_cached_value("User", user, "user_type") != "System User":
				frappe.throw(_("{0} does not work here and cannot be a contact person.").format(user))

	def check_remote_access(self) -> None:
		"""What is kept about remote access is never a password."""
		for row in self.remote_access:
			if any(holds_password(text or "") for text in (row.agreed, row.agreed_by)):
				frappe.throw(
					_(
						"Remote access, row {0}: this looks like a password. Write down where it is kept or who types it, never the password itself."
					).format(row.idx),
					title=_("No passwords here"),
				)
		if holds_password(self.note or ""):
			frappe.throw(
				_(
					"The note looks like it holds a password. Write down where it is kept or who types it, never the password itself."
				),
				title=_("No passwords here"),
			)

	def check_targets(self) -> None:
		"""A tier has one pair of targets."""
		_no_two([row.tier for row in self.targets], _("Tier {0} has targets twice."))

	def check_overlap(self) -> None:
		"""No day counts for two contracts of one customer whose products meet."""
		if not is_counting(self):
			return
		mine = as_stored(self)
		for other in filter(mine.overlaps, others_of(self)):
			frappe.throw(
				_(
					"{0} of {1} already covers {2} from {3} to {4}. Let this contract begin later or end earlier, or end {0} first."
				).format(
					other.name,
					other.customer,
					other.product or _("every product"),
					format_date(other.start),
					format_date(other.end),
				),
				title=_("Two contracts for one day"),
			)

	def keep_terms(self, before: Any) -> None:
		"""The history of terms is written here alone: begun when it becomes active, joined by each renewal."""
		self.set("terms", before.terms if before else [])
		for first, last in self.flags.pop("cse_terms", None) or ():
			self._add_term(first, last)
		if self.state == State.DRAFT.value:
			return
		self.terms = [row for row in self.terms if getdate(row.first_day) <= getdate(self.end)]
		if not self.terms:
			self._add_term(self.start, self.end)
		self.terms[0].first_day, self.terms[-1].last_day = self.start, self.end

	def _add_term(self, first: date, last: date) -> None:
		now, user = now_datetime(), frappe.session.user
		self.append("terms", {"first_day": first, "last_day": last, "renewed_on": now, "renewed_by": user})


def _service(doc: Any) -> Any:
	"""What the hours and targets of tickets hang on; None while the contract does not count."""
	if not is_counting(doc):
		return None
	targets = [
		(row.tier, row.response_amount, row.response_unit, row.target_amount, row.target_unit)
		for row in doc.targets
	]
	return [*(str(doc.get(field) or "") for field in (*TERM, "calendar")), sorted(targets)]


def _differs(before: Any, doc: Any, fields: Iterable[str]) -> bool:
	return any(str(before.get(field) or "") != str(doc.get(field) or "") for field in fields)


def _new(doc: Any, before: Any, table: str, field: str) -> list[str]:
	"""What stands in this field of a table and did not before."""
	known = {row.get(field) for row in before.get(table)} if before else set()
	return [row.get(field) for row in doc.get(table) if row.get(field) not in known]


def _no_two(names: list[str], words: str) -> None:
	for name in sorted(set(names)):
		if names.count(name) > 1:
			frappe.throw(words.format(name))


def _not_that_state(name: str, was: State, to: State) -> str:
	may = ", ".join(_(state.value) for state in following(was))
	if may:
		return _("{0} is {1} and cannot become {2}. It may become: {3}.").format(
			name, _(was.value), _(to.value), may
		)
	return _("{0} is {1}, and that is final. Make a new contract.").format(name, _(was.value))


def on_doctype_update() -> None:
	"""The index by which the nightly job finds what ends."""
	frappe.db.add_index("Maintenance Contract", ["state", "end"])
