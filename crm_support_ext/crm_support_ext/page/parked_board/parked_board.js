// The board of a product's parked items: by rank, with what each weighs and has cost; the product director decides here.
frappe.pages["parked-board"].on_page_load = async function (wrapper) {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Parked Items"), single_column: true });
	await frappe.require("/assets/crm_support_ext/js/parked_decisions.js");
	wrapper.board = new ParkedBoard(page);
};

frappe.pages["parked-board"].on_page_show = (wrapper) => wrapper.board?.open();

const LAST = "parked-board-product";
const PARTS = ["customers", "users", "regressions", "workaround", "days"];
const escape = (words) => frappe.utils.escape_html(String(words ?? ""));

class ParkedBoard {
	constructor(page) {
		this.page = page;
		this.$body = $(`<div class="parked-board">
			<ul class="pb-lanes list-unstyled"></ul>
			<p class="pb-hint text-muted"></p>
			<div class="pb-row pb-head" aria-hidden="true"></div>
			<ol class="pb-rows list-unstyled"></ol>
			<button class="btn btn-default btn-sm pb-more">${__("More")}</button>
		</div>`).appendTo(page.main);
		this.$body.find(".pb-more").on("click", () => this.more());
		this.$body.on("click", "[data-decision]", (event) => this.decide(event.currentTarget));
		this.add_filters();
		this.page.add_inner_button(__("Weights"), () => frappe.set_route("Form", "Parked Item Weights"));
		this.page.add_inner_button(__("Forecasts Kept"), () => this.to_report());
		this.open();
	}

	add_filters() {
		const onchange = () => this.load();
		this.product = this.page.add_field({
			fieldname: "product",
			fieldtype: "Link",
			options: "Software Product",
			label: __("Product"),
			change: onchange,
		});
		this.shown = this.page.add_field({
			fieldname: "shown",
			fieldtype: "Select",
			label: __("Show"),
			options: [
				{ value: "In order", label: __("In order of rank") },
				{ value: "Nobody waits", label: __("Nobody waits for it") },
				{ value: "Deferred", label: __("Deferred") },
				{ value: "Declined", label: __("Declined") },
				{ value: "Released", label: __("Released") },
			],
			default: "In order",
			change: onchange,
		});
	}

	to_report() {
		frappe.route_options = { product: this.product.get_value() };
		frappe.set_route("query-report", "Forecasts Kept");
	}

	// The product that the address names, else the one that was looked at last, else the first.
	async open() {
		const asked = frappe.route_options?.product || this.product.get_value() || localStorage.getItem(LAST);
		frappe.route_options = null;
		const known = asked && (await frappe.db.exists("Software Product", asked));
		const first = known ? [] : await frappe.db.get_list("Software Product", { limit: 1, order_by: "name asc" });
		const product = known ? asked : first[0]?.name;
		if (product && product !== this.product.get_value()) await this.product.set_value(product);
		else this.load();
	}

	// Everything anew; as many pages as were open before, if they are to be kept.
	async load(pages = 1) {
		const product = this.product.get_value();
		if (!product) return this.$body.find(".pb-hint").text(__("Choose a product."));
		localStorage.setItem(LAST, product);
		this.load_number = (this.load_number || 0) + 1;
		const mine = this.load_number;
		let answer = await this.fetch(product, "");
		const rows = answer.rows;
		for (let page = 1; page < pages && answer.next; page++) {
			answer = await this.fetch(product, answer.next);
			rows.push(...answer.rows);
		}
		if (mine !== this.load_number) return; // something else was asked for meanwhile
		Object.assign(this, { rows, pages, next: answer.next, lanes: answer.lanes, may_decide: answer.may_decide });
		this.show();
	}

	async fetch(product, after) {
		const args = { product, shown: this.shown.get_value() || "In order", after };
		return (await frappe.call("crm_support_ext.api.board.page", args)).message;
	}

	async more() {
		const first_new = this.rows.length;
		await this.load(this.pages + 1);
		this.$body.find(".pb-rows > li").eq(first_new).find("a").first().trigger("focus");
	}

	show() {
		this.show_lanes();
		const none = __("No item here. A ticket is parked on one from its page in the helpdesk.");
		const hint = this.may_drag()
			? __("Drag an item to a release, or above the item that it is to come with. Or use its buttons.")
			: "";
		this.$body.find(".pb-hint").text(this.rows.length ? hint : none);
		this.most = {};
		for (const part of PARTS) this.most[part] = Math.max(...this.rows.map((row) => Number(row.parts[part] || 0)));
		this.$body.find(".pb-head").html(this.head()).toggleClass("hidden", !this.rows.length);
		this.$body.find(".pb-rows").html(this.rows.map((row) => this.row(row)).join(""));
		this.$body.find(".pb-more").toggleClass("hidden", !this.next);
		this.drag();
	}

	may_drag() {
		return this.may_decide && this.lanes.length && this.shown.get_value() === "In order";
	}

	version(release) {
		return crm_support_ext.parked.version(this.product.get_value(), release);
	}

	show_lanes() {
		const lane = ({ release, date, capacity, items, days }) => `
			<li class="pb-lane" data-release="${escape(release)}">
				<a href="/app/software-release/${encodeURIComponent(release)}">${escape(this.version(release))}</a>
				<span class="text-muted">${escape(frappe.datetime.str_to_user(date))}</span>
				<div>${escape(__("planned: {0}, {1} of {2} days", [items, days, capacity]))}</div>
				${bar(Number(days), Number(capacity), Number(days) > Number(capacity) ? "pb-over" : "")}
				<ul class="pb-drop list-unstyled"></ul>
			</li>`;
		this.$body.find(".pb-lanes").html(this.lanes.map(lane).join(""));
	}

	head() {
		const parts = labels();
		return `<span>${__("Rank")}</span><span>${__("Parked item")}</span><span>${__("Score")}</span>
			<span class="pb-parts">${PARTS.map((part) => `<span>${parts[part]}</span>`).join("")}</span>
			<span>${__("Cost so far")}</span><span>${__("Expected in")}</span><span></span>`;
	}

	row(row) {
		const handle = this.may_drag() ? grip(__("Drag")) : "";
		const cost = crm_support_ext.parked.cost(row.spent);
		const expected = row.forecast ? this.version(row.forecast) : this.when(row);
		return `<li class="pb-row" data-item="${escape(row.name)}" data-state="${row.state}">
			<span class="pb-rank">${handle}<b>${row.rank ?? ""}</b></span>
			<span class="pb-title">
				<a href="/app/parked-item/${encodeURIComponent(row.name)}">${escape(row.title)}</a>
				<small class="text-muted">
					<span class="indicator-pill no-indicator-dot ${colour(row.state)}">${__(row.state)}</span>
					${escape(__(row.kind))}, ${escape(__("tickets: {0}, customers: {1}", [row.tickets, row.customers]))}
				</small>
				${row.reason ? `<small class="pb-reason">${escape(row.reason)}</small>` : ""}
			</span>
			<span class="pb-score"><small class="pb-label">${__("Score")}</small> ${escape(row.score)}</span>
			<span class="pb-parts">${this.parts(row)}</span>
			<span class="pb-cost"><small class="pb-label">${__("Cost so far")}</small> ${escape(cost)}</span>
			<span class="pb-forecast"><small class="pb-label">${__("Expected in")}</small> ${escape(expected)}</span>
			<span class="pb-buttons">${this.buttons(row)}</span>
		</li>`;
	}

	when(row) {
		if (row.state === "Deferred") return __("after {0}", [frappe.datetime.str_to_user(row.deferred_until)]);
		return row.release ? this.version(row.release) : row.rank ? __("none planned") : "";
	}

	// The parts of the score: what customers, users and what came back weigh, times the workaround, by the days of work.
	parts(row) {
		const names = labels();
		const part = (name) => {
			const value = Number(row.parts[name]);
			return `<span title="${names[name]}"><small class="pb-label">${names[name]}</small>
				${name === "workaround" ? "×" : name === "days" ? "÷" : ""}${escape(row.parts[name])}
				${bar(value, this.most[name], `pb-${name}`)}</span>`;
		};
		return Object.keys(row.parts).length ? PARTS.map(part).join("") : "";
	}

	buttons(row) {
		if (!this.may_decide) return "";
		const possible = row.possible.filter((each) => each !== "Plan" || this.lanes.length);
		const button = (decision) =>
			`<button class="btn btn-default btn-xs" data-decision="${decision}">${crm_support_ext.parked.label(decision)}</button>`;
		return possible.map(button).join(" ");
	}

	decide(button) {
		const row = this.row_of($(button).closest("li")[0]);
		const releases = this.lanes.map((lane) => lane.release);
		const release = releases.includes(row.forecast) ? row.forecast : releases[0];
		const done = (state) => state && this.load(this.pages);
		crm_support_ext.parked.ask(row, button.dataset.decision, { releases, release, done });
	}

	row_of(element) {
		return this.rows.find((row) => row.name === element.dataset.item);
	}

	// A row is dropped on a release, or above another row; either way it is planned, and until then it goes back.
	drag() {
		for (const sortable of this.sortables || []) sortable.destroy();
		this.sortables = [];
		if (!this.may_drag()) return;
		const rows = this.$body.find(".pb-rows")[0];
		const common = { group: "parked-board", animation: 120, forceFallback: true };
		this.sortables.push(
			new Sortable(rows, { ...common, handle: ".pb-handle", onUpdate: (event) => this.dropped_above(event) }),
		);
		for (const drop of this.$body.find(".pb-drop").get()) {
			const onAdd = (event) => this.dropped_on(event.item, $(drop).closest("li")[0].dataset.release);
			this.sortables.push(new Sortable(drop, { ...common, sort: false, onAdd }));
		}
	}

	dropped_above({ item }) {
		const below = item.nextElementSibling && this.row_of(item.nextElementSibling);
		const release = below?.forecast;
		if (release && this.lanes.some((lane) => lane.release === release)) return this.dropped_on(item, release);
		frappe.show_alert({ message: __("There is no release to plan it for there."), indicator: "orange" });
		this.show();
	}

	dropped_on(item, release) {
		crm_support_ext.parked.plan(this.row_of(item), release, (state) =>
			state ? this.load(this.pages) : this.show(),
		);
	}
}

const grip = (title) => `<span class="pb-handle" title="${title}">${frappe.utils.icon("drag", "sm")}</span>`;

const colour = (state) =>
	({ Parked: "purple", Planned: "blue", Deferred: "orange", Declined: "red", Released: "green" })[state];

const bar = (value, most, look) =>
	`<i class="pb-bar ${look}"><i style="width: ${most ? Math.min(100, (100 * value) / most) : 0}%"></i></i>`;

const labels = () => ({
	customers: __("Customers"),
	users: __("Users"),
	regressions: __("Came back"),
	workaround: __("Workaround"),
	days: __("Days"),
});
