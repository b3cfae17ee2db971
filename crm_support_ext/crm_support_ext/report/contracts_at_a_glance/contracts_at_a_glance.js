frappe.query_reports["Contracts at a Glance"] = {
	filters: [
		{
			fieldname: "show",
			label: __("Show"),
			fieldtype: "Select",
			options: [
				{ value: "running", label: __("Contracts that run") },
				{ value: "expiring", label: __("Expire within their notice") },
				{ value: "used", label: __("Strippen nearly used up") },
				{ value: "all", label: __("All, also drafts and old ones") },
			],
			default: "running",
			reqd: 1,
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "HD Customer" },
		{ fieldname: "plan", label: __("Plan"), fieldtype: "Link", options: "Maintenance Plan" },
	],
	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		if (column.fieldname !== "attention" || !value) return shown;
		return `<span class="text-danger">${shown}</span>`;
	},
};
