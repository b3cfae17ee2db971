"""Contact: who is renamed, merged or deleted waits for parked items as the tickets then say."""

from __future__ import annotations

from typing import Any

from crm_support_ext.store.renames import read_anew


def after_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Let the waits follow."""
	read_anew("contact", old, new)


def on_trash(doc: Any, method: str | None = None) -> None:
	"""The tickets are left to whoever raised them."""
	read_anew("contact", doc.name)
