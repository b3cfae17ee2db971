"""When an agent is absent, and who takes over the agent's promises meanwhile."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.domain.lifecycle import Actor
from crm_support_ext.permissions import actor
from crm_support_ext.store.frappe import is_desk_user


class AgentAbsence(Document):
	"""Agents enter their own, managers anybody's."""

	def validate(self) -> None:
		self.check_whose()
		if self.last_day and frappe.utils.getdate(self.last_day) < frappe.utils.getdate(self.first_day):
			frappe.throw(_("The last day is before the first. Swap the days."))
		if self.deputy == self.agent:
			frappe.throw(_("Nobody is their own deputy. Choose a colleague, or leave the deputy empty."))
		for user in filter(None, (self.agent, self.deputy)):
			if not is_desk_user(user):
				frappe.throw(_("{0} is no agent of the desk. Choose somebody who is.").format(user))

	def on_trash(self) -> None:
		self.check_whose()

	def check_whose(self) -> None:
		"""An agent may not send a colleague away, nor bring one back."""
		before = self.get_doc_before_save() or self
		if actor() is not Actor.MANAGER and {self.agent, before.agent} != {frappe.session.user}:
			frappe.throw(
				_("Agents enter their own absence. Ask an Agent Manager to enter a colleague's."),
				frappe.PermissionError,
			)
