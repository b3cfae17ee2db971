"""What a rule answers when it says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
	"""A decision against: a code that programs read, and the facts from which a sentence is made.

	The sentence itself, in the reader's language, is made in ``messages.py``.
	"""

	code: str
	facts: Mapping[str, object] = field(default_factory=dict)
