// What both ticket pages share: the buttons that are possible now, and what some of them ask for.
// It stands at the head of each script; `done` hears what the server answered, and `own` has what the dialog of an
// event shows besides its fields: html `above` and `below` them, and what is to do once it has `opened`.
function lifeCycle({ doc, call, toast, $dialog }, done, own = {}) {
	const api = "crm_support_ext.api.ticket.";
	const look = "mt-1 w-full rounded border-outline-gray-2 text-base";
	let pressed = 0;

	async function act(action, text, values, close) {
		try {
			const answer = await call(api + "act", { ticket: doc.name, event: action.event, text, values });
			close();
			await done(answer);
		} catch (error) {
			toast.error(error.messages?.[0] || error.message);
		}
	}

	const plain = (words) => String(words ?? "").replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

	// a moment as the browser's own field shows it, in the reader's zone
	function local(iso) {
		if (!iso) return "";
		const at = new Date(iso);
		return new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
	}

	function drawn(field, id, isFirst) {
		const value = plain(field.default);
		// without it the focus would be on the cross that closes the dialog
		const must = (field.required ? 'aria-required="true"' : "") + (isFirst ? " autofocus" : "");
		if (field.type === "key") {
			const key = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
			return `<input id="${id}" type="hidden" value="${key}">`;
		}
		const label = `<label for="${id}" class="text-p-sm text-ink-gray-7">${plain(field.label)}</label>`;
		const option = (one) =>
			`<option value="${plain(one.value)}" ${one.value === field.default ? "selected" : ""}>${plain(one.label)}</option>`;
		const hasFirst = () => (field.required && field.default) || field.options.some((one) => !one.value);
		const select = (first) =>
			`<select id="${id}" ${must} class="${look}">${first}${field.options.map(option).join("")}</select>`;
		const input = {
			text: () => `<input id="${id}" type="text" value="${value}" ${must} class="${look}">`,
			textarea: () => `<textarea id="${id}" rows="3" ${must} class="${look}">${value}</textarea>`,
			select: () => select(hasFirst() ? "" : "<option></option>"),
			choice: () => select(""),
			datetime: () => `<input id="${id}" type="datetime-local" value="${local(field.default)}" ${must} class="${look}">`,
			number: () => `<input id="${id}" type="number" min="0" step="1" inputmode="numeric" value="${value}" ${must} class="${look}">`,
			decimal: () => `<input id="${id}" type="text" inputmode="decimal" value="${value}" ${must} class="${look}">`,
			date: () => `<input id="${id}" type="date" value="${value}" ${must} class="${look}">`,
			check: () => `<input id="${id}" type="checkbox" ${field.default ? "checked" : ""} ${must} class="mr-2">`,
		}[field.type]();
		return `<div class="mt-3">${field.type === "check" ? input + label : label + input}</div>`;
	}

	function filledIn(field, element) {
		if (field.type === "check") return element.checked ? 1 : 0;
		const value = element.value.trim();
		return field.type === "datetime" && value ? new Date(value).toISOString() : value;
	}

	// resolves once the page shows what it was just asked to show
	async function shown(find) {
		for (let tries = 0; tries < 300; tries++) {
			const element = find();
			if (element) return element;
			await new Promise(requestAnimationFrame);
		}
		throw new Error("the dialog did not open");
	}

	// Enter in a field does what the dialog's own button does; in words of several lines, Ctrl and Enter
	function pressByEnter(dialog, label) {
		dialog.addEventListener("keydown", (event) => {
			const inWords = event.target.tagName === "TEXTAREA" && (event.ctrlKey || event.metaKey);
			if (event.key !== "Enter" || event.isComposing || !(inWords || event.target.tagName === "INPUT")) return;
			event.preventDefault();
			[...dialog.querySelectorAll("button")].findLast((one) => one.textContent.trim() === label)?.click();
		});
	}

	function press(action) {
		// the portal calls a plain button twice for one press
		if (Date.now() - pressed < 500) return;
		pressed = Date.now();
		if (action.url) return window.open(action.url, "_blank", "noopener");
		const asked = [...action.fields];
		if (action.prompt) {
			asked.push({ name: "", label: action.prompt, type: "textarea", required: action.needs_text });
		}
		if (!asked.length) return act(action, "", {}, () => {});
		const id = (field) => `cse-${action.event}-${field.name}`;
		const does = action.more.does || action.label;
		const { above, below, opened } = own[action.event] || {};
		const fields = asked.map((field, index) => drawn(field, id(field), !index)).join("");
		const input = (field) => document.getElementById(id(field));
		const values = () => Object.fromEntries(asked.map((field) => [field.name, filledIn(field, input(field))]));
		$dialog({
			title: action.label,
			html: `<div id="cse-${action.event}">${above?.(action) ?? ""}${fields}${below?.(action) ?? ""}</div>`,
			actions: [
				{
					label: does,
					variant: "solid",
					onClick: ({ close }) => {
						const { "": text = "", ...rest } = values();
						const missing = asked.find((field) => field.required && !(field.name ? rest[field.name] : text));
						if (missing) {
							input(missing).focus();
							return toast.error(missing.label);
						}
						return act(action, text, rest, close);
					},
				},
			],
		});
		shown(() => document.getElementById(`cse-${action.event}`)?.closest("[role=dialog]"))
			.then((dialog) => {
				pressByEnter(dialog, does);
				opened?.(action, dialog, values);
			})
			.catch((error) => console.warn("crm_support_ext:", error));
	}

	return {
		possible: () => call(api + "actions", { ticket: doc.name }),
		button: (action) => ({ label: action.more.shown || action.label, onClick: () => press(action) }),
	};
}
