// The life cycle on the agent's ticket page: the buttons that the table allows now.
async function setupForm({ doc, call, router, toast, $dialog }) {
	const api = "crm_support_ext.api.ticket.";
	// read before anything is waited for: the page then asks for its buttons again whenever the status changes
	void doc?.status;

	async function act(action, text, close) {
		try {
			const done = await call(api + "act", { ticket: doc.name, event: action.event, text });
			close();
			toast.success(`#${done.ticket}: ${done.status}`);
			if (String(done.ticket) !== String(doc.name)) {
				return router.push({ name: "TicketAgent", params: { ticketId: done.ticket } });
			}
			// the helpdesk reloads the page's ticket by a live message, which some sites do not deliver
			Object.assign(doc, await call("frappe.client.get", { doctype: "HD Ticket", name: doc.name }));
		} catch (error) {
			toast.error(error.messages?.[0] || error.message);
		}
	}

	function ask(action) {
		if (!action.prompt) return act(action, "", () => {});
		const id = `cse-${action.event}`;
		$dialog({
			title: action.label,
			html: `<label for="${id}" class="text-p-sm text-ink-gray-7">${action.prompt}</label>
				<textarea id="${id}" rows="4" class="mt-2 w-full rounded border-outline-gray-2 text-base"></textarea>`,
			actions: [
				{
					label: action.label,
					variant: "solid",
					onClick: ({ close }) => {
						const text = document.getElementById(id).value.trim();
						if (action.needs_text && !text) return toast.error(action.prompt);
						return act(action, text, close);
					},
				},
			],
		});
	}

	try {
		const { actions, more } = await call(api + "actions", { ticket: doc.name });
		const button = (action) => ({ label: action.label, onClick: () => ask(action) });
		const seldom = (action) => ["parked", "force_closed"].includes(action.event);
		const menu = actions.filter(seldom).map(button);
		return {
			actions: [
				...actions.filter((action) => !seldom(action)).map(button),
				...(menu.length ? [{ group: more, buttonLabel: more, hideLabel: true, items: menu }] : []),
			],
		};
	} catch (error) {
		return { actions: [] };
	}
}
