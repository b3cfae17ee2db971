"""A page as a reader has it, and as a parser."""

from __future__ import annotations

from html.parser import HTMLParser


class ReadPage(HTMLParser):
	"""What a page says, and whether its elements close in order."""

	def __init__(self, page: str) -> None:
		super().__init__()
		self.open: list[str] = []
		self.text = ""
		self.addresses: list[str] = []
		self.feed(page)

	def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
		self.addresses += [
			value or "" for name, value in attributes if name in ("src", "href", "srcset", "action")
		]
		if tag not in ("meta", "rect", "path"):
			self.open.append(tag)
		assert tag != "script"

	def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
		self.handle_starttag(tag, attributes)

	def handle_endtag(self, tag: str) -> None:
		assert self.open.pop() == tag

	@property
	def words(self) -> str:
		"""What it says, with one blank between words."""
		return " ".join(self.text.split())

	def handle_data(self, data: str) -> None:
		if self.open[-1:] != ["style"]:
			self.text += data
