"""The four tiers with their targets, and a calendar to count them in (domain.md section 2)."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import get_system_timezone

from crm_support_ext.constants import CALENDAR, SETTINGS, TICKET, TIER
from crm_support_ext.domain.business_calendar import OFFICE_HOURS, WEEKDAYS, Span, regions_of
from crm_support_ext.domain.tiers import TIERS
from crm_support_ext.store.calendars import UNITS, country_code

PRIORITY = "HD Ticket Priority"

MEANS = {
	"I": "Work stands still and there is no way around it: phone us.",
	"II": "Work is hindered, or goes on by a workaround alone.",
	"III": "Work goes on.",
	"By agreement": "Extensions and user support: by the date agreed with you.",
}

LEVELS = dict(zip(TIERS, ("Urgent", "High", "Medium", "Low"), strict=True))
"""What later helpdesks call how urgent a priority is; also the stock priority nearest to each tier."""

DEFAULT = "III"

FIRST = "Office hours"
"""The calendar that install makes."""


def create() -> None:
	"""Make the priorities and tiers that are missing; what an administrator changed or deleted stays so."""
	missing = [name for name in TIERS if not frappe.db.exists(PRIORITY, name)]
	for order, name in enumerate(TIERS, start=1):
		if name in missing:
			_priority(name, order)
			_tier(name)
	if missing and not frappe.db.get_single_value(SETTINGS, "calendar"):
		first = {"calendar": _calendar(), "default_tier": DEFAULT}
		for field, value in first.items():
			frappe.db.set_single_value(SETTINGS, field, value)
		frappe.db.set_single_value("HD Settings", "default_priority", DEFAULT)


def _priority(name: str, order: int) -> None:
	doc = frappe.new_doc(PRIORITY)
	doc.update({"name": name, "description": MEANS[name]})
	for field, value in (("integer_value", order * 100), ("level", LEVELS[name])):
		if doc.meta.has_field(field):  # later helpdesks have the second instead of the first
			doc.set(field, value)
	doc.flags.name_set = True
	doc.db_insert()  # a save would tell the administrator to add it to every agreement


def _tier(name: str) -> None:
	tier = TIERS[name]
	doc = frappe.new_doc(TIER)
	doc.update({"priority": name, "note": MEANS[name], "at_once": name == "I"})
	doc.update(_amounts("response", tier.response) | _amounts("target", tier.target))
	doc.insert(ignore_permissions=True, ignore_if_duplicate=True)


def _amounts(field: str, span: Span | None) -> dict[str, object]:
	if span is None:
		return {f"{field}_amount": 0}
	unit = next(words for words, unit in UNITS.items() if unit is span.unit)
	return {f"{field}_amount": int(span.amount), f"{field}_unit": unit}


def _calendar() -> str:
	"""Office hours, in the site's zone and with its country's public holidays."""
	name = FIRST
	if frappe.db.exists(CALENDAR, name):
		return name
	doc = frappe.new_doc(CALENDAR)
	doc.update({"calendar_name": name, "time_zone": get_system_timezone(), "country": _country()})
	for weekday, intervals in zip(WEEKDAYS, OFFICE_HOURS, strict=True):
		for opens, closes in intervals:
			bounds = {"opens": f"{opens // 60:02}:00:00", "closes": f"{closes // 60:02}:00:00"}
			doc.append("hours", {"weekday": weekday.title(), **bounds})
	return doc.insert(ignore_permissions=True).name


def after_wizard(answers: dict[str, Any] | None = None) -> None:
	"""Let the calendar that install made follow what the set-up wizard was told, which most sites see only later."""
	answers = frappe._dict(answers or {})
	name = frappe.db.get_single_value(SETTINGS, "calendar")
	if name == FIRST and answers.timezone:
		doc = frappe.get_doc(CALENDAR, name)
		doc.update({"time_zone": answers.timezone, "country": _country(answers.country)})
		doc.save(ignore_permissions=True)


def _country(country: str | None = None) -> str | None:
	country = country or frappe.db.get_default("country") or "Netherlands"
	return country if regions_of(country_code(country)) is not None else None


def give_back() -> None:
	"""Take the tiers' priorities away; tickets get the stock priority nearest to theirs."""
	for name, stock in LEVELS.items():
		if frappe.db.exists(PRIORITY, stock):
			for doctype in (TICKET, "HD Ticket Type"):
				frappe.db.set_value(doctype, {"priority": name}, "priority", stock, update_modified=False)
	frappe.db.delete(PRIORITY, {"name": ("in", list(TIERS))})
