// SPDX-License-Identifier: Apache-2.0
// The ranking bars of the weight board: a row an option, gliding to its place.

const SETTLED = 300; // ms after which rows have glided home

class Bars {
  constructor(data, nodes, roots) {
    Object.assign(this, { data, nodes, roots });
    this.rootOf = data.leaves.map((leaf) => roots.indexOf(branchOf(nodes, leaf).at(-1)));
    this.section = this.build();
  }

  build() {
    const legend = this.roots.map((id) => {
      const { name, colour } = this.nodes.get(id);
      return make("li", "", [written("span", name)], { "--awb-colour": colour });
    });
    this.key = make("li", "awb-bandkey", [make("span", "", "90\u00a0% of the trials")]);
    this.other = make("li", "awb-otherkey", [make("span", "")], { hidden: "" });
    const axis = make("span", "awb-axis", [0, 25, 50, 75, 100].map((tick) => make("span", "", String(tick))));
    this.often = make("span", "awb-leads", "Leads in", { title: `Of ${this.data.draws.toLocaleString("en")} trials of what is uncertain` });
    const headings = [make("span", "awb-option", "Option"), axis, make("span", "awb-score", "Score"), this.often];
    this.bars = this.data.options.map((option) => this.bar(option));
    const asks = (event) => (event.type === "click" || event.key === "Enter") && this.ask(event);
    this.list = make("ol", "awb-bars", this.bars.map(({ row }) => row), { "--awb-count": this.data.options.length, click: asks, keydown: asks });
    this.why = make("section", "awr-why", undefined, { "aria-label": "Reasons", hidden: "" });
    const { screened } = this.data;
    const out = screened.length > 0 && make("details", "awb-screened", [
      make("summary", "", `Not ranked: ${screened.length} screened out`),
      ...screened.map(({ short, reason }) => make("p", "", [written("b", short), " ", written("span", reason)])),
    ]);
    return make("section", "awb-ranking", [
      make("ul", "awb-legend", [...legend, this.key, this.other], { "aria-label": "Criteria in the bars" }),
      make("div", "awb-headings", headings, { "aria-hidden": "true" }), this.list, this.why, out,
    ], { "aria-label": "Ranking" });
  }

  bar(option) {
    const parts = { rank: make("span", "awb-rank"), score: make("span"), other: make("span", "awb-other"), share: make("span", "awb-share") };
    parts.figures = this.roots.map((id) => make("span", "awb-figure", undefined, { "--awb-on": inkOn(this.nodes.get(id).colour) }));
    parts.whole = make("span", "awb-whole", parts.figures);
    parts.band = make("span", "awb-band");
    parts.spot = make("span", "awb-spot", undefined, { hidden: "" });
    parts.fill = make("span", "awb-fill", undefined, { "aria-hidden": "true" });
    parts.scores = make("span", "awb-score", [parts.score, parts.other]);
    parts.row = make("li", "awb-bar", [
      parts.rank, make("span", "awb-option awb-name", option.short, { dir: "auto", title: `${option.name}: why it scores so`, role: "button", tabindex: "0" }),
      make("span", "awb-area", [parts.whole, parts.band, parts.spot], { "aria-hidden": "true" }),
      parts.scores, make("span", "awb-hidden", " of 100 "), make("span", "awb-leads", [parts.share, parts.fill]),
    ], { "data-option": option.id });
    return parts;
  }

  /** What is behind a bar: a score sheet on the page shows it, or else a panel under the bars. */
  ask({ target, clientX }) {
    const row = target.closest("[data-option]"), whole = target.closest(".awb-area")?.firstChild.getBoundingClientRect();
    if (!row) return;
    const option = row.dataset.option, parts = this.parts[this.data.options.findIndex((each) => each.id === option)];
    let left = whole ? (100 * (clientX - whole.left)) / whole.width : Infinity;
    const criterion = this.roots[parts.findIndex((wide) => (left -= wide) < 0)] ?? "";
    const asked = new CustomEvent("aukus-score", { bubbles: true, cancelable: true, detail: { title: this.data.title, option, criterion } });
    if (this.section.dispatchEvent(asked)) showReasons(this.why, this.data, this.nodes, option, criterion);
  }

  show(found) {
    const { bars } = this;
    this.found = found;
    this.parts = contributionsOf(this.data, this.roots, this.rootOf, found.row);
    found.order.forEach((i, place) => {
      const bar = bars[i];
      if (bar.place !== place) {
        bar.place = place;
        bar.row.style.setProperty("--awb-place", place);
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.settle(), SETTLED);
      }
      say(bar.rank, String(found.ranks[i]));
      bar.row.classList.toggle("awb-first", found.ranks[i] === 1);
      this.fill(bar.whole, this.parts[i]);
      say(bar.score, tenths(found.scores[i]));
    });
  }

  /** The figures in the bars, how often each option leads, and between which scores most draws lie. */
  showRest({ leads, intervals }) {
    this.key.hidden = this.often.hidden = !intervals.length;
    this.bars.forEach(({ figures }, i) => this.write(figures, this.parts[i]));
    this.bars.forEach(({ share, fill, band }, i) => {
      band.hidden = !intervals.length;
      if (intervals.length) {
        band.style.setProperty("--awb-low", `${intervals[i][0]}%`);
        band.style.setProperty("--awb-high", `${intervals[i][1]}%`);
      }
      say(share, leads.length ? `${percent(leads[i])}\u00a0%` : "");
      fill.style.backgroundSize = `${100 * (leads[i] ?? 0)}% 100%`;
    });
    this.list.dataset.leads = leads.join(" ");
  }

  /** Where each option would stand by the weights compared with. */
  showBeside(other, title) {
    this.other.hidden = !other;
    if (other) tell(this.other.firstChild, ["by ", name(title)]);
    this.bars.forEach(({ spot, scores, other: number }, i) => {
      spot.hidden = !other;
      say(number, other ? tenths(other.scores[i]) : "");
      scores.title = other ? `${title}: ${tenths(other.scores[i])}, rank ${other.ranks[i]}` : "";
      if (other) spot.style.setProperty("--awb-at", `${other.scores[i]}%`);
    });
  }

  /** A bar's parts are stops of one gradient: nothing has to be laid out anew as it moves. */
  fill(whole, parts) {
    let at = 0;
    const stops = parts.map((wide, c) => {
      const from = at, colour = this.nodes.get(this.roots[c]).colour;
      at += wide;
      return `${colour} ${from}% calc(${at}% - 1px), transparent calc(${at}% - 1px) ${at}%`;
    });
    whole.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")}, transparent ${at}%)`;
  }

  /** The figure of each part wide enough for it, shifted to its middle. */
  write(figures, parts) {
    let at = 0;
    parts.forEach((wide, c) => {
      const middle = at + wide / 2, figure = wide >= 6 ? rounded(wide, 0) : "";
      at += wide;
      say(figures[c], figure);
      if (figure) figures[c].style.transform = `translateX(calc(${middle}% - ${figure.length / 2}ch))`;
    });
  }

  /** Put rows in the order they are seen in, for whoever reads the page rather than looks at it. */
  settle() {
    const wanted = this.found.order.map((i) => this.bars[i].row);
    if (wanted.some((row, place) => this.list.children[place] !== row)) this.list.append(...wanted);
  }
}
