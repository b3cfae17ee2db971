// The life cycle on the agent's ticket page. What is pressed seldom is in a menu.
async function setupForm(page) {
	const { doc, call, router, toast } = page;
	// read before anything is waited for: the page then asks for its buttons again whenever the status changes
	void doc?.status;

	const { possible, button } = lifeCycle(page, async (answer) => {
		toast.success(`#${answer.ticket}: ${answer.status}`);
		if (String(answer.ticket) !== String(doc.name)) {
			return router.push({ name: "TicketAgent", params: { ticketId: answer.ticket } });
		}
		// the helpdesk reloads the page's ticket by a live message, which some sites do not deliver
		Object.assign(doc, await call("frappe.client.get", { doctype: "HD Ticket", name: doc.name }));
	});

	try {
		const { actions, more } = await possible();
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
