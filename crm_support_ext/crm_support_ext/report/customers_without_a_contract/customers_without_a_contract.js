frappe.query_reports["Customers without a Contract"] = { filters: [] };
