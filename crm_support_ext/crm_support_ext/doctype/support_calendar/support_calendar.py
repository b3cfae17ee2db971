"""When a desk is open: intervals of each weekday in a time zone, public holidays, days of its own (domain.md 2)."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.domain.business_calendar import WEEKDAYS, overlaps, regions_of
from crm_support_ext.store.calendars import as_rule, country_code
from crm_support_ext.store.recounting import to_be_recounted


class SupportCalendar(Document):
	"""Administrators keep it; tickets that run by it are counted again when it changes."""

	def validate(self) -> None:
		self.check_zone()
		self.check_hours()
		self.check_holidays()

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before and as_rule(before) != as_rule(self):
			to_be_recounted(calendar=self.name)

	def check_zone(self) -> None:
		try:
			ZoneInfo(self.time_zone)
		except (ZoneInfoNotFoundError, ValueError, OSError):
			frappe.throw(
				_("{0} is no time zone. Use a name such as Europe/Amsterdam.").format(self.time_zone)
			)

	def check_hours(self) -> None:
		"""Each interval closes after it opens, and two of one day do not overlap."""
		rule = as_rule(self)
		if not any(rule.week):
			frappe.throw(_("The calendar never opens. Give it working hours on some weekday."))
		for row in self.hours:
			opens, closes = frappe.utils.to_timedelta(row.opens), frappe.utils.to_timedelta(row.closes)
			if closes and closes <= opens:
				frappe.throw(
					_("Row {0}: {1} closes at {2}, before it opens. Swap the times.").format(
						row.idx, _(row.weekday), row.closes
					)
				)
		for weekday, intervals in zip(WEEKDAYS, rule.week, strict=True):
			if any(overlaps(intervals)):
				name = _(weekday.title())
				frappe.throw(
					_("The intervals of {0} overlap. Let one end before the next begins.").format(name)
				)

	def check_holidays(self) -> None:
		"""The public holidays of the country, and of the region in it, are known."""
		if not self.country:
			self.subdivision = None
			return
		regions = regions_of(country_code(self.country))
		if regions is None:
			frappe.throw(
				_(
					"The public holidays of {0} are not known. Leave the country empty and enter the days."
				).format(self.country)
			)
		if self.subdivision and self.subdivision not in regions:
			frappe.throw(
				_("{0} has no region {1}. It has: {2}.").format(
					self.country, self.subdivision, ", ".join(regions) or _("none")
				)
			)
