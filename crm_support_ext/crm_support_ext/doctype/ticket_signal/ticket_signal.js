// A signal in the desk: the tickets behind it, and what to do about them.
frappe.ui.form.on("Ticket Signal", {
	async refresh(frm) {
		frm.disable_save(); // it is written by its buttons
		if (frm.is_new()) return;
		const name = frm.doc.name;
		const behind = await call("behind", { signal: name }, "GET");
		if (frm.doc.name !== name) return;
		frm.fields_dict.tickets_html.$wrapper.html(table(behind.tickets));
		if (frm.doc.state !== "Dismissed") add_buttons(frm, behind);
	},
});

const call = (method, args, type = "POST") =>
	frappe
		.call({ method: `crm_support_ext.api.signals.${method}`, args, type, freeze: type === "POST" })
		.then((answer) => answer.message);

const text = (value) => frappe.utils.escape_html(String(value ?? ""));

// the subjects are what customers wrote, so every cell is escaped
function table(rows) {
	const heads = [__("Ticket"), __("Subject"), __("Customer"), __("Status"), __("Day"), __("Parked item")];
	const line = (row) => {
		const url = `/helpdesk/tickets/${encodeURIComponent(row.ticket)}`;
		const link = `<a href="${url}" target="_blank" rel="noopener">#${text(row.ticket)}</a>`;
		const day = frappe.datetime.str_to_user(row.day);
		const cells = [row.subject, row.customer, __(row.status), day, row.item].map(text);
		return `<tr>${[link, ...cells].map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
	};
	const head = heads.map((each) => `<th scope="col">${text(each)}</th>`).join("");
	return `<div class="table-responsive"><table class="table table-bordered signal-tickets">
		<thead><tr>${head}</tr></thead><tbody>${rows.map(line).join("")}</tbody></table></div>`;
}

function add_buttons(frm, behind) {
	const signal = frm.doc.name;
	const titles = (rows) => rows.map((row) => ({ value: row.name, label: `${row.name}: ${row.title}` }));
	const choose = (label, rows, then) =>
		rows.length === 1
			? then(rows[0].name)
			: frappe.prompt(
					{ fieldname: "name", fieldtype: "Select", label, options: titles(rows), default: rows[0].name, reqd: 1 },
					(values) => then(values.name),
					label,
				);
	const is_offered = (kind) => frm.doc.state === "Open" && frm.doc.kind === kind;
	const add = (label, kind, press) => {
		const button = frm.add_custom_button(label, press);
		if (is_offered(kind)) button.removeClass("btn-default").addClass("btn-primary");
	};

	if (behind.items.length) {
		add(__("Raise this item"), "Raise this item", () =>
			choose(__("Raise this item"), behind.items, async (item) => {
				await call("raise_item", { signal, item });
				frappe.set_route("Form", "Parked Item", item);
			}),
		);
	}
	if (behind.articles.length) {
		add(__("This article is unclear"), "Unclear article", () =>
			choose(__("This article is unclear"), behind.articles, async (article) => {
				const told = await call("unclear", { signal, article });
				frappe.show_alert({ message: __("{0} got the task.", [told.who]), indicator: "green" });
				if (frappe.model.can_read("HD Article")) frappe.set_route("Form", "HD Article", article);
				else frm.reload_doc();
			}),
		);
	}
	if (behind.may_park) add(__("Park these tickets"), "New", () => ask_to_park(frm, titles(behind.items)));
	else if (frappe.model.can_create("Parked Item")) {
		add(__("Make an item"), "New", () => ask_for_item(frm)); // who is no agent parks nothing
	}
	if (frappe.model.can_create("HD Article")) {
		add(__("Write an article"), "", () =>
			frappe.confirm(__("Take this signal and begin an article?"), async () => {
				await call("write_article", { signal });
				frappe.new_doc("HD Article", { title: frm.doc.title });
			}),
		);
	}
	add(__("Dismiss for good"), "", () =>
		frappe.prompt(
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Why is it wrong?"), reqd: 1 },
			async ({ reason }) => {
				await call("dismiss", { signal, reason });
				frm.reload_doc();
			},
			__("Dismiss for good"),
			__("Dismiss for good"),
		),
	);
}

// what a new item is made of; ``always`` is for a dialog in which there is no other choice
function of_new_item(frm, always) {
	const needed = always ? { reqd: 1 } : { depends_on: "eval:!doc.item", mandatory_depends_on: "eval:!doc.item" };
	const kinds = ["Bug", "Wish", "Adaptation"].map((value) => ({ value, label: __(value) }));
	const says = __("What the software is to do. Customers who wait for it read this.");
	const product = { fieldtype: "Link", label: __("Product"), options: "Software Product", default: frm.doc.product };
	return [
		{ fieldname: "title", fieldtype: "Data", label: __("Title"), description: says, ...needed },
		{ fieldname: "product", ...product, ...needed },
		{ fieldname: "kind", fieldtype: "Select", label: __("Kind"), options: kinds, default: "Bug", ...needed },
	];
}

function ask_for_item(frm) {
	frappe.prompt(
		of_new_item(frm, true),
		async (values) => {
			const made = await call("make_item", { signal: frm.doc.name, ...values });
			frappe.set_route("Form", "Parked Item", made.item);
		},
		__("Make an item"),
	);
}

function ask_to_park(frm, items) {
	const why = __("Why do they need a change to the software?");
	const choices = [{ value: "", label: __("A new one") }, ...items];
	const chosen = items.some((each) => each.value === frm.doc.item) ? frm.doc.item : "";
	const dialog = new frappe.ui.Dialog({
		title: __("Park these tickets"),
		fields: [
			{ fieldname: "item", fieldtype: "Select", label: __("Parked item"), options: choices, default: chosen },
			...of_new_item(frm, false),
			{ fieldname: "reason", fieldtype: "Small Text", label: why, reqd: 1 },
		],
		primary_action_label: __("Park"),
		async primary_action(values) {
			const done = await call("park", { signal: frm.doc.name, ...values });
			dialog.hide();
			frm.reload_doc();
			tell(done);
		},
	});
	dialog.show();
}

function tell(done) {
	const lines = [__("Parked on {0}: {1}", [done.item, done.parked.map((name) => `#${name}`).join(", ")])];
	if (done.left) lines.push(__("{0} more can be parked: press again.", [done.left]));
	lines.push(...done.refused.slice(0, 20).map((row) => row.why));
	if (done.refused.length > 20) lines.push(__("{0} more were refused.", [done.refused.length - 20]));
	frappe.msgprint({ title: __("Park these tickets"), message: lines.map(text).join("<br>") });
}
