// The life cycle on the customer's ticket page: reopen what was resolved, follow up on what is closed.
async function setupForm(page) {
	const { possible, button } = lifeCycle(page, (answer) => {
		// a page load, because the portal's page goes on showing its ticket when the address changes to another's
		const ticket = { name: "TicketCustomer", params: { ticketId: answer.ticket } };
		window.location.assign(page.router.resolve(ticket).href);
	});

	try {
		const { actions, due } = await possible();
		correctDue(page.doc.name, due);
		return { actions: actions.map(button) };
	} catch (error) {
		return { actions: [] };
	}
}
