"""The receipt of a ticket: why its clock shows what it shows, interval by interval (domain.md section 2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import TICKET
from crm_support_ext.domain.receipts import Why, receipt
from crm_support_ext.domain.targets import figures
from crm_support_ext.store.calendars import calendar_name, calendar_of
from crm_support_ext.store.courses import course_of
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.targets import tier_of

_SECOND = timedelta(seconds=1)


def receipt_of(ticket: str) -> dict[str, Any]:
	"""What api/target.py::receipt answers; no lines for a ticket whose record was not begun."""
	doc = frappe.get_doc(TICKET, ticket)
	at, calendar, tier = now(), calendar_of(doc), tier_of(doc, set())
	course = course_of(doc, tier, None)
	head = {
		"ticket": str(doc.name),
		"subject": doc.subject,
		"tier": tier.name,
		"target": str(tier.target) if tier.target else None,
		"calendar": calendar_name(doc),
		"zone": str(calendar.zone),
	}
	if course is None:
		return head | {"lines": [], "counted_seconds": 0, "counted_days": "0.0000", "due": None, "met": None}
	target = figures(course, calendar, at).target
	return head | {
		"counted_seconds": target.clock.counted / _SECOND,
		"counted_days": f"{float(target.clock.counted_days):.4f}",
		"due": target.due and site_time(target.due),
		"met": target.met,
		"stopped_by": target.clock.stop and target.clock.stop.by.value,
		"lines": [
			{
				"start": site_time(line.start),
				"end": site_time(line.end),
				"why": words(line.why),
				"counted_seconds": line.counted / _SECOND,
				"days": f"{float(line.days):.4f}",
			}
			for line in receipt(course, calendar, at)
		],
	}


def words(why: Why) -> str:
	"""Why an interval was counted or not, in the reader's language."""
	return {
		Why.COUNTED: _("counted"),
		Why.OUTSIDE_HOURS: _("outside working hours"),
		Why.CUSTOMER: _("waiting for the customer"),
		Why.PRODUCT: _("waiting for the product"),
		Why.THIRD_PARTY: _("waiting for a third party the customer chose"),
		Why.WORKAROUND: _("a workaround stands"),
		Why.SOLVED: _("answered"),
	}[why]
