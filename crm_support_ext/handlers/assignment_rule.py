"""Assignment Rule: the helpdesk's rules look for the status Open; a new ticket is New, of the category Open."""

from __future__ import annotations

from typing import Any

from crm_support_ext.constants import TICKET
from crm_support_ext.store.assignment import by_category


def before_validate(doc: Any, method: str | None = None) -> None:
	"""Let a rule for tickets in Open take those in New as well, in both forms that the helpdesk keeps."""
	if doc.document_type == TICKET:
		doc.update(by_category(doc.as_dict()))
