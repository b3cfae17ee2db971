frappe.query_reports["Forecasts Kept"] = {
	filters: [
		{ fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Software Product" },
		{ fieldname: "item", label: __("Parked item"), fieldtype: "Link", options: "Parked Item" },
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -12),
		},
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date" },
	],
};
