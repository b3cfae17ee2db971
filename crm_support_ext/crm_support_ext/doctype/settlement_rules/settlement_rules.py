"""The ordered table by which each piece of work is settled (domain.md section 5)."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.domain.settlement_table import Flaw, findings
from crm_support_ext.store.contracts import rules_of
from crm_support_ext.store.settlement_words import said_of


class SettlementRules(Document):
	"""The first row that fits decides. A row that could only break a law is not let in: it would say what never is."""

	def validate(self) -> None:
		found = findings(rules_of(self))
		against = [said_of(finding) for finding in found if finding.flaw is Flaw.AGAINST_A_LAW]
		if against:
			frappe.throw("<br>".join(map(frappe.utils.escape_html, against)), title=_("Not possible"))
		if found:
			said = "<br>".join(frappe.utils.escape_html(said_of(finding)) for finding in found)
			frappe.msgprint(said, title=_("Rows that do not do what they say"), indicator="orange")
