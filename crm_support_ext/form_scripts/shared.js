// What both ticket pages share: the buttons that are possible now, and what some of them ask for.
// It stands at the head of each script; `done` hears what the server answered.
function lifeCycle({ doc, call, toast, $dialog }, done) {
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

	function drawn(field, id) {
		const value = plain(field.default);
		const must = field.required ? 'aria-required="true"' : "";
		const label = `<label for="${id}" class="text-p-sm text-ink-gray-7">${plain(field.label)}</label>`;
		const option = (one) =>
			`<option value="${plain(one.value)}" ${one.value === field.default ? "selected" : ""}>${plain(one.label)}</option>`;
		const input = {
			text: () => `<input id="${id}" type="text" value="${value}" ${must} class="${look}">`,
			textarea: () => `<textarea id="${id}" rows="3" ${must} class="${look}">${value}</textarea>`,
			select: () =>
				`<select id="${id}" ${must} class="${look}">${field.required && field.default ? "" : "<option></option>"}${field.options.map(option).join("")}</select>`,
			datetime: () => `<input id="${id}" type="datetime-local" value="${local(field.default)}" ${must} class="${look}">`,
			check: () => `<input id="${id}" type="checkbox" ${field.default ? "checked" : ""} class="mr-2">`,
		}[field.type]();
		return `<div class="mt-3">${field.type === "check" ? input + label : label + input}</div>`;
	}

	function filledIn(field, element) {
		if (field.type === "check") return element.checked ? 1 : 0;
		const value = element.value.trim();
		return field.type === "datetime" && value ? new Date(value).toISOString() : value;
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
		$dialog({
			title: action.label,
			html: asked.map((field) => drawn(field, id(field))).join(""),
			actions: [
				{
					label: action.label,
					variant: "solid",
					onClick: ({ close }) => {
						const values = {};
						for (const field of asked) {
							const element = document.getElementById(id(field));
							values[field.name] = filledIn(field, element);
							if (field.required && !values[field.name]) {
								element.focus();
								return toast.error(field.label);
							}
						}
						const { "": text = "", ...rest } = values;
						return act(action, text, rest, close);
					},
				},
			],
		});
	}

	return {
		possible: () => call(api + "actions", { ticket: doc.name }),
		button: (action) => ({ label: action.label, onClick: () => press(action) }),
	};
}
