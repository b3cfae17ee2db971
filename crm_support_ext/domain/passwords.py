"""Whether a text holds a password, where none may be kept: among what was agreed about remote access.

Rule: domain.md section 4. A text that names a password and then says one is refused, in the languages of the desk;
so is a single word of letters, digits and other characters, as passwords are. A text that only speaks about
passwords ("the customer types the password") is none.
"""

from __future__ import annotations

import re

_NAMES = (
	"password",
	"passwd",
	"passphrase",
	"pwd",
	"pw",
	"wachtwoord",
	"ww",
	"toegangscode",
	"passord(?:et)?",
	"tilgangskoden?",
	"access code",
	"pin(?:[ -]?(?:code|koden?))?",
	"secret",
	"private key",
)
_BY = r"(?:(?:is|er|was|var)\b\s*)?[:=]|(?:is|er|was|var)\b"
_NAMED = re.compile(rf"\b({'|'.join(_NAMES)})\b\s*(?P<by>{_BY})?\s*(?P<said>\S+)?", re.I)
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_ADDRESS = re.compile(r"://|^[\w.+-]+@[\w-]+(\.[\w-]+)+$|^[\w.-]+(:\d+)?$|^\(?\+?[\d\s()-]+$")
_MARKS = set("!#$%^&*?~@+=")
_SHORTEST = 6


def holds_password(text: str) -> bool:
	"""Whether a password, or what looks like one, is written in this text."""
	if _KEY.search(text):
		return True
	for found in _NAMED.finditer(text):
		said, by = (found["said"] or "").strip(".,;"), found["by"] or ""
		if said and (by.endswith((":", "=")) or (said != said.lower() and by) or _has_digit(said)):
			return True
	return any(_looks_like_one(word.strip(".,;:()\"'")) for word in text.split())


def _has_digit(word: str) -> bool:
	return any(character.isdigit() for character in word)


def _looks_like_one(word: str) -> bool:
	return (
		len(word) >= _SHORTEST
		and not _ADDRESS.search(word)
		and _has_digit(word)
		and any(character.isalpha() for character in word)
		and any(character in _MARKS for character in word)
	)
