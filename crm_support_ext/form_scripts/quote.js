// The dialog of Quotation on the agent's ticket page asks for strippen or for a price, whichever it is to be settled as.
function quoteDialog() {
	const at = (name) => document.getElementById(`cse-quote-${name}`);
	const asked = {
		Strippen: ["estimate", "maximum"],
		"Fixed Price": ["price", "currency", "max_minutes"],
	};

	function show() {
		for (const [way, names] of Object.entries(asked)) {
			for (const name of names) at(name).parentElement.hidden = at("settles_in").value !== way;
		}
	}

	function opened() {
		at("settles_in").addEventListener("change", show);
		show();
	}

	return { opened };
}
