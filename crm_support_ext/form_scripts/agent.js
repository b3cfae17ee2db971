// The life cycle on the agent's ticket page. What is pressed seldom is in a menu.
async function setupForm(page) {
	const { doc, call, router, toast } = page;
	// read before anything is waited for: the page then asks for its buttons again whenever one of these changes
	void [doc?.status, doc?.priority, doc?.response_by, doc?.resolution_by, doc?.on_hold_since];
	void [doc?.first_responded_on, doc?.resolution_date, doc?.cse_next_update, doc?.cse_parked_item];
	void doc?.cse_asked;
	// the page may take another object for its ticket while a dialog is open
	window.cseTicket = doc;

	// what changed is no field of the ticket: this one, which the server does not know, makes the page ask again
	const again = () => (doc.cse_asked = window.cseTicket.cse_asked = Date.now());

	const park = parkDialog(page);
	const own = { work: workDialog(page, again), quote: quoteDialog(), parked: park, park_again: park };
	const { possible, button } = lifeCycle(page, async (answer) => {
		toast.success(`#${answer.ticket}: ${answer.said || answer.status}`);
		if (String(answer.ticket) !== String(doc.name)) {
			return router.push({ name: "TicketAgent", params: { ticketId: answer.ticket } });
		}
		// the helpdesk reloads the page's ticket by a live message, which some sites do not deliver
		const fresh = await call("frappe.client.get", { doctype: "HD Ticket", name: doc.name });
		for (const shown of new Set([doc, window.cseTicket])) {
			if (String(shown.name) === String(doc.name)) Object.assign(shown, fresh);
		}
		again();
	}, own);

	try {
		const { actions, more, due } = await possible();
		correctDue(doc.name, due);
		const seldom = (action) => action.seldom;
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
