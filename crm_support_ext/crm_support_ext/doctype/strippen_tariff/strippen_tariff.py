"""What an activity costs in strippen: a number for each started quarter of an hour, or a fixed one."""

from __future__ import annotations

from frappe.model.document import Document


class StrippenTariff(Document):
	"""An activity that is named nowhere costs one strip for each started quarter."""
