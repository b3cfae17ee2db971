"""What a parked ticket waits for, for whoever may read it: `/support/waiting?ticket=42`."""

from __future__ import annotations

from typing import Any

from frappe import _

from crm_support_ext.store.frames import frame_of_ticket
from crm_support_ext.store.waits import address_of, sheet_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The sheet; a page that says so where there is no such ticket, none that the reader may see, or nothing to wait for."""
	if name := frame_of_ticket(context, _("What it waits for"), address_of):
		context.sheet = sheet_of(name)
		context.words = _("Ticket #{0} waits for no change to the software.").format(name)
