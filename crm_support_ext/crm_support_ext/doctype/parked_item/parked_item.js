// A parked item: where it stands, what was decided on it, and the product director's buttons.
frappe.ui.form.on("Parked Item", {
	async refresh(frm) {
		frm.dashboard.clear_headline();
		frm.fields_dict.decisions.$wrapper.empty();
		if (frm.is_new()) return;
		await frappe.require("/assets/crm_support_ext/js/parked_decisions.js");
		const name = frm.doc.name;
		const { message: standing } = await frappe.call("crm_support_ext.api.board.standing", { item: name });
		if (!standing || frm.doc.name !== name) return;
		frm.dashboard.set_headline(headline(frm.doc, standing));
		frm.fields_dict.decisions.$wrapper.html(history(frm.doc, standing.history));
		frm.add_custom_button(__("Board"), () => {
			frappe.route_options = { product: frm.doc.product };
			frappe.set_route("parked-board");
		});
		for (const { value, label } of standing.possible) {
			if (value === "Plan" && !standing.releases.length) continue;
			frm.add_custom_button(label, () => decide(frm, value, standing), __("Decide"));
		}
	},
});

function decide(frm, decision, { releases, forecast }) {
	const release = releases.includes(forecast) ? forecast : releases[0];
	const done = (state) => state && frm.reload_doc();
	crm_support_ext.parked.ask(frm.doc, decision, { releases, release, done });
}

function headline(doc, { rank, forecast, spent }) {
	const version = crm_support_ext.parked.version(doc.product, forecast);
	const cost = crm_support_ext.parked.cost(spent);
	const parts = [
		rank ? __("Rank {0}", [rank]) : __("Without a rank"),
		version ? __("expected in {0}", [version]) : "",
		cost ? __("it has cost {0} so far", [cost]) : "",
	];
	return frappe.utils.escape_html(parts.filter(Boolean).join(", "));
}

function history(doc, rows) {
	const text = (words) => frappe.utils.escape_html(String(words ?? ""));
	if (!rows.length) return `<p class="text-muted">${__("Nothing was decided yet.")}</p>`;
	const version = (release) => crm_support_ext.parked.version(doc.product, release);
	const day = (date) => (date ? frappe.datetime.str_to_user(date) : "");
	const head = [__("Decided at"), __("Decision"), __("Decided by"), __("Rank then"), __("Expected then"), __("Why")];
	const cells = (row) => [
		frappe.datetime.str_to_user(row.at),
		`${row.decision} ${row.until ? day(row.until) : version(row.release)}`,
		row.by,
		row.rank || "",
		version(row.forecast),
		row.reason,
	];
	const line = (values, tag) => `<tr>${values.map((each) => `<${tag}>${text(each)}</${tag}>`).join("")}</tr>`;
	return `<div class="table-responsive"><table class="table table-bordered"><thead>${line(head, "th")}</thead>
		<tbody>${rows.map((row) => line(cells(row), "td")).join("")}</tbody></table></div>`;
}
