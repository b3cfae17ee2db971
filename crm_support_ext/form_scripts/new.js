// The page on which a ticket is made: what the customer's contracts have left, and the way to them.
async function setupForm({ call }) {
	try {
		const { label, items } = await call("crm_support_ext.api.statement.own_contracts");
		const open = (item) => ({ label: item.label, onClick: () => window.open(item.url, "_blank", "noopener") });
		const group = { group: label, buttonLabel: label, hideLabel: true, items: items.map(open) };
		return { actions: items.length ? [group] : [] };
	} catch (error) {
		return { actions: [] };
	}
}
