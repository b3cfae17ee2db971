"""The hours and the progress of a ticket, for whoever may read it: `/support/work-done?ticket=42`."""

from __future__ import annotations

from typing import Any

from frappe import _

from crm_support_ext.store.frames import frame_of_ticket
from crm_support_ext.store.work_sheets import address_of, sheet_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The sheet; a page that says so where there is no such ticket, or none that the reader may see."""
	if name := frame_of_ticket(context, _("Hours and progress"), address_of):
		context.sheet = sheet_of(name)
