// Releases in a list: how far each is.
frappe.listview_settings["Software Release"] = {
	add_fields: ["state"],
	get_indicator(doc) {
		const colours = { Planned: "blue", "Going out": "orange", Stopped: "red", Out: "green" };
		return [__(doc.state), colours[doc.state], `state,=,${doc.state}`];
	},
};
