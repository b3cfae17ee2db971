// The weights of parked items: how the order would change is shown while they are typed, before anything is saved.
const FIELDS = [
	"per_customer",
	"per_user",
	"per_regression",
	"workaround_none",
	"workaround_awkward",
	"workaround_good",
];

const typed = frappe.utils.debounce((frm) => show(frm), 400);

frappe.ui.form.on("Parked Item Weights", {
	refresh(frm) {
		frm.add_custom_button(__("What would change"), () => show(frm));
		frm.fields_dict.preview.$wrapper.html(`<p class="text-muted">${__("Change a weight to see it here.")}</p>`);
	},
	...Object.fromEntries(FIELDS.map((field) => [field, typed])),
});

async function show(frm) {
	const doc = { ...frm.doc };
	const { message: answer } = await frappe.call("crm_support_ext.api.board.what_would_change", { doc });
	const is_old = FIELDS.some((field) => doc[field] !== frm.doc[field]);
	if (!answer || is_old) return; // typed on meanwhile
	if (answer.refused) return frm.fields_dict.preview.$wrapper.html(`<p class="text-danger">${text(answer.refused)}</p>`);
	const none = `<p class="text-muted">${__("Nobody waits for anything.")}</p>`;
	frm.fields_dict.preview.$wrapper.html(answer.products.map(product).join("") || none);
}

const text = (words) => frappe.utils.escape_html(String(words ?? ""));

function product({ product, items, changed, first }) {
	const said = __("{0}: {1} of {2} items would have another rank.", [product, changed, items]);
	const head = [__("New rank"), __("Rank now"), __("Parked item"), __("Score now"), __("New score")];
	const cells = head.map((label) => `<th>${text(label)}</th>`).join("");
	return `<h5>${text(said)}</h5><div class="table-responsive"><table class="table table-bordered">
		<thead><tr>${cells}</tr></thead><tbody>${first.map(line).join("")}</tbody></table></div>`;
}

function line({ item, title, was, now, score_was, score }) {
	const look = now < was ? "text-success" : now > was ? "text-danger" : "";
	const sign = now < was ? "▲" : now > was ? "▼" : "";
	const link = `<a href="/app/parked-item/${encodeURIComponent(item)}">${text(title)}</a>`;
	return `<tr><td>${now} <span class="${look}">${sign}</span></td><td>${was}</td><td>${link}</td>
		<td>${text(score_was)}</td><td>${text(score)}</td></tr>`;
}
