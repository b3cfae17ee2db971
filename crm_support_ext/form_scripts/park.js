// The dialog of Park, and of Park on another item: what a new item needs is asked for one alone, and while its title is
// typed, those that are alike to it are looked up, so that nobody makes a second one of the same.
function parkDialog({ doc, call }) {
	function opened({ event, more }, dialog) {
		const at = (name) => document.getElementById(`cse-${event}-${name}`);
		const states = {};
		const item = at("item");
		let asked, latest = 0;

		const place = document.createElement("div");
		place.className = "mt-2";
		const hint = document.createElement("p");
		hint.setAttribute("role", "status");
		hint.className = "text-p-sm text-ink-gray-6";
		const found = document.createElement("div");
		found.className = "mt-1 flex flex-col items-start gap-1";
		place.append(hint, found);
		at("title").parentElement.after(place);

		function show() {
			const isNew = item.value === "new";
			for (const name of ["title", "product", "kind", "workaround", "effort"]) {
				at(name).parentElement.hidden = !isNew;
			}
			place.hidden = !isNew;
			const isOut = states[item.value] === "Released";
			at("came_back").parentElement.hidden = !isOut;
			if (!isOut) at("came_back").checked = false;
		}

		const alike = (given) => call("crm_support_ext.api.parking.alike", { ticket: doc.name, ...given });

		function list(row) {
			states[row.name] = row.state;
			if ([...item.options].some((one) => one.value === row.name)) return;
			item.add(new Option(row.label, row.name), [...item.options].find((one) => one.value === "new"));
		}

		function take(row) {
			list(row);
			item.value = row.name;
			show();
			item.focus();
		}

		function offer(row) {
			const button = document.createElement("button");
			button.type = "button";
			button.className = "rounded px-2 py-1.5 text-left text-base text-ink-gray-8 bg-surface-gray-3";
			button.textContent = row.label;
			button.addEventListener("click", () => take(row));
			return button;
		}

		function look() {
			clearTimeout(asked);
			asked = setTimeout(async () => {
				const title = at("title")?.value.trim();
				const mine = ++latest;
				const rows = title ? await alike({ title, product: at("product")?.value }).catch(() => []) : [];
				if (mine !== latest || !at("title")) return;
				hint.textContent = !title ? "" : rows.length ? more.words.alike : more.words.none;
				found.replaceChildren(...rows.map(offer));
			}, 250);
		}

		item.addEventListener("change", () => {
			show();
			if (item.value === "new") at("title").focus();
		});
		at("title").addEventListener("input", look);
		at("product").addEventListener("change", look);
		show();
		alike({})
			.catch(() => [])
			.then((rows) => {
				rows.forEach(list);
				if (rows.length || item.value || !item.isConnected) return;
				item.value = "new";
				show();
				if (document.activeElement === item) at("title").focus();
			});
	}

	return { opened };
}
