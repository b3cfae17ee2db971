// Corrects what a ticket page says of its promises where the helpdesk's own words would be wrong (store/shown_due.py).
// The page has no place for words of others, so they are put over its own, and again whenever it writes those anew.
function correctDue(ticket, due) {
	const parts = {
		"First Response": "response",
		"Expected First Response": "response",
		Resolution: "resolution",
		"Expected Resolution": "resolution",
	};
	const titles = Object.keys(parts)
		.map((title) => `normalize-space(.)="${title}"`)
		.join(" or ");

	function put(badge, shown, written) {
		const text = [...badge.childNodes].find(
			(node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim(),
		);
		if (!text) return;
		const last = written.get(text);
		const stock = last?.words === text.nodeValue ? last.stock : text.nodeValue;
		const words = shown ? shown.label : stock;
		// the page's own text node keeps its place: the page goes on writing into it
		if (text.nodeValue !== words) text.nodeValue = words;
		written.set(text, { stock, words });
		const colour = (kind, step) => (shown ? `var(--${kind}-${shown.theme}-${step})` : "");
		badge.style.setProperty("color", colour("ink", shown?.theme === "gray" ? 6 : 8), "important");
		if (badge.className.includes("bg-")) badge.style.backgroundColor = colour("surface", 2);
	}

	function correct() {
		try {
			const { ticket, due, written } = window.cseDue;
			if (!window.location.pathname.endsWith(`/${ticket}`)) return;
			const kind = XPathResult.ORDERED_NODE_SNAPSHOT_TYPE;
			const found = document.evaluate(`//body//text()[${titles}]`, document, null, kind, null);
			for (let i = 0; i < found.snapshotLength; i++) {
				const title = found.snapshotItem(i);
				const row = title.parentElement.parentElement;
				const badge = row.childElementCount === 2 && row.querySelector(".rounded-full, span.rounded");
				if (badge) put(badge, due[parts[title.nodeValue.trim()]], written);
			}
		} catch (error) {
			console.warn("crm_support_ext: due times", error);
		}
	}

	const { observer, written } = window.cseDue || {};
	window.cseDue = {
		ticket,
		due: due || {},
		written: written || new WeakMap(),
		observer: observer || new MutationObserver(correct),
	};
	window.cseDue.observer.observe(document.body, { subtree: true, childList: true, characterData: true });
	correct();
}
