"""The first list of phrases that are thanks and no question; the administrator's from then on."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import SETTINGS

PHRASES = {
	"en": (
		"thanks", "thank you", "many thanks", "thanks a lot", "thank you very much", "thanks for your help",
		"thank you for your help", "ok", "okay", "great", "perfect", "it works", "that works", "solved", "cheers",
	),
	"nl": (
		"bedankt", "dank je", "dank je wel", "dankjewel", "dank u", "dank u wel", "hartelijk dank", "heel erg bedankt",
		"bedankt voor de hulp", "bedankt voor je hulp", "top", "prima", "het werkt", "opgelost",
	),
	"nb": (
		"takk", "tusen takk", "mange takk", "takk skal du ha", "takk for hjelpen", "tusen takk for hjelpen", "supert",
		"flott", "det fungerer", "løst",
	),
}  # fmt: skip


def create() -> None:
	"""Fill the list, at the first installation only: an emptied list stays empty."""
	settings = frappe.get_doc(SETTINGS)
	for language, phrases in PHRASES.items():
		for phrase in phrases:
			known = frappe.db.exists("Language", language)
			settings.append("thanks_phrases", {"language": language if known else None, "phrase": phrase})
	settings.flags.ignore_permissions = True
	settings.save()
