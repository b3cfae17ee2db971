// The life cycle on the customer's ticket page: reopen what was resolved, follow up on what is closed.
async function setupForm({ doc, call, router, toast, $dialog }) {
	const api = "crm_support_ext.api.ticket.";
	let pressed = 0;

	async function act(action, text, close) {
		try {
			const done = await call(api + "act", { ticket: doc.name, event: action.event, text });
			close();
			// a page load, because the portal's page goes on showing its ticket when the address changes to another's
			const { href } = router.resolve({ name: "TicketCustomer", params: { ticketId: done.ticket } });
			window.location.assign(href);
		} catch (error) {
			toast.error(error.messages?.[0] || error.message);
		}
	}

	function ask(action) {
		// the portal calls a plain button twice for one press
		if (Date.now() - pressed < 500) return;
		pressed = Date.now();
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
		const { actions } = await call(api + "actions", { ticket: doc.name });
		return { actions: actions.map((action) => ({ label: action.label, onClick: () => ask(action) })) };
	} catch (error) {
		return { actions: [] };
	}
}
