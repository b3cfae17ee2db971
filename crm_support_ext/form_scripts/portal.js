// The customer's ticket page: reopen what was resolved, follow up on what is closed, read hours, receipt and contract.
async function setupForm(page) {
	const { possible, button } = lifeCycle(page, (answer) => {
		// a page load, because the portal's page goes on showing its ticket when the address changes to another's
		const ticket = { name: "TicketCustomer", params: { ticketId: answer.ticket } };
		window.location.assign(page.router.resolve(ticket).href);
	});

	try {
		const { actions, more, due } = await possible();
		correctDue(page.doc.name, due);
		// pages to look at are in a menu; where there is room for it, a button that itself shows a figure is not
		const isWithin = (width) => window.matchMedia(`(max-width: ${width}px)`).matches;
		const isNarrow = isWithin(767);
		const hasRoom = (words) => words && !(words.length > 30 && isWithin(1099));
		const isInMenu = (action) => (isNarrow ? action.url : action.seldom && !hasRoom(action.more.shown));
		const menu = actions.filter(isInMenu).map(button);
		const group = { group: more, buttonLabel: more, hideLabel: true, items: menu };
		const plain = actions.filter((action) => !isInMenu(action)).map(button);
		return { actions: menu.length ? [...plain, group] : plain };
	} catch (error) {
		return { actions: [] };
	}
}
