// SPDX-License-Identifier: Apache-2.0
// The score sheet: a grid of values, the whole story of the chosen score beside it, and its change in place. Joined to the
// files whose functions it uses: sums.js, words.js, page.js, outbox.js, reasons.js.

const EDITED = ["low", "likely", "high"];

/** A judgement with numbers and a list of evidence, from a row of text or of numbers. */
function judgement(row) {
  const evidence = Array.isArray(row.evidence) ? row.evidence : String(row.evidence || "").split(";").filter(Boolean);
  const likely = Number(row.likely);
  const [low, high] = ["low", "high"].map((end) => (row[end] === "" || row[end] === null ? likely : Number(row[end])));
  return { ...row, low, likely, high, evidence };
}

class Sheet extends View {
  constructor(model, host) {
    super(model, host, "awb aws", "aws");
    this.leaves = Object.keys(this.data.reasons.scales);
    this.options = this.data.options;
    this.ranked = this.options.filter((each) => !(each.id in this.data.screened));
    this.plain = inForce(this.data.reasons.judged.map(judgement));
    this.drafts = new Map();
    this.sent = new Map();
    this.analyst = model.get("judgements").at(-1)?.judged_by ?? "";
    this.at = [this.ranked[0]?.id ?? this.options[0].id, this.leaves[0]];
    this.build();
    this.before = this.rank(this.plain);
    this.listen();
    if (this.outbox.adopt()) this.outbox.send();
    for (const { id, option, criterion, rows } of this.outbox.pending) if (rows?.length) this.sent.set(id, { option, criterion, draft: { ...rows.at(-1) } });
    this.outbox.listen(); // what Python said while no page showed this
  }

  // ---- what the scores are -------------------------------------------------------------------------------------

  /** The analyst's own judgements of a score: those that Python has, or those on their way to it. */
  judgements(option, criterion) {
    const waiting = this.outbox.pending.findLast((each) => each.option === option && each.criterion === criterion);
    return waiting ? waiting.rows : this.model.get("judgements").filter((row) => row.option === option && row.criterion === criterion);
  }

  /** The judgement in force, and whether it is the analyst's. A row without a day is of today. */
  score(option, criterion) {
    const plain = this.plain.get(cellKey(option, criterion));
    const last = this.judgements(option, criterion).at(-1);
    return last && (!last.as_of || last.as_of >= plain.as_of) ? { ...judgement(last), mine: true } : plain;
  }

  /** Scores and ranks of the options that compete; `scores` is a Map by option and criterion. */
  rank(scores) {
    const { reasons } = this.data, { weights } = this.model.get("weighed");
    const values = this.ranked.map(({ id }) => this.leaves.map((leaf) => valueOf(reasons.scales[leaf], scores.get(cellKey(id, leaf)).likely)));
    const totals = scoresOf(values, this.leaves.map((leaf) => weights[leaf]));
    return { scores: totals, ...orderOf(totals) };
  }

  // ---- what is on the page -------------------------------------------------------------------------------------

  build() {
    const { data } = this;
    this.changed = make("p", "aws-changed");
    const head = this.answering();
    head.append(this.changed);
    this.pickOption = this.picker("Option", { "data-pick": "option" }, [["", "All options"], ...this.options.map((each) => [each.id, each.short])]);
    const branches = data.nodes.map((node) => [node.id, `${node.parent ? "\u2003" : ""}${node.name}`]);
    this.pickCriterion = this.picker("Criterion", { "data-pick": "criterion" }, [["", "All criteria"], ...branches]);
    const bar = make("div", "awb-toolbar", [this.pickOption.label, this.pickCriterion.label, this.acts(), this.messages]);
    this.story = make("section", "aws-story", undefined, { "aria-label": "The chosen score" });
    this.form = make("form", "aws-form", undefined, { "aria-label": "Change this score", novalidate: "" });
    const body = make("div", "aws-body", [make("div", "aws-left", [this.grid(), this.form]), this.story]);
    this.root.append(head, bar, body, this.live, make("footer", "awb-foot", [this.status]));
  }

  /** Values, options by criteria, with the score and rank of each option at its end. */
  grid() {
    const column = (cls, text) => make("th", cls, text, { scope: "col" });
    this.heads = new Map(this.leaves.map((leaf) => {
      const { name, colour } = this.nodes.get(leaf);
      return [leaf, make("th", "aws-head", [written("span", name)], { scope: "col", title: name, "--awb-colour": colour })];
    }));
    const heads = [column("aws-corner", "Option"), ...this.heads.values(), column("aws-total", "Score"), column("aws-place", "Rank")];
    this.rows = new Map();
    this.cells = new Map();
    const lines = this.options.map((option) => {
      const cells = this.leaves.map((leaf) => {
        const button = make("button", "", undefined, {
          type: "button", tabindex: "-1", "data-option": option.id, "data-criterion": leaf, "--awb-colour": this.nodes.get(leaf).colour,
        });
        this.cells.set(cellKey(option.id, leaf), button);
        return make("td", "aws-cell", [button]);
      });
      const bar = make("span", "aws-bar"), number = make("span", "aws-number"), place = make("td", "aws-place");
      const total = make("td", "aws-total", [bar, number]);
      const title = make("th", "awb-name", option.short, { scope: "row", dir: "auto", title: option.name });
      const line = make("tr", "", [title, ...cells, total, place], { "data-option": option.id });
      this.rows.set(option.id, { line, total, place, bar, number });
      return line;
    });
    this.table = make("table", "", [make("thead", "", [make("tr", "", heads)]), make("tbody", "", lines)], {
      role: "grid", "aria-label": "Values from 0 to 100, options by criteria",
    });
    const key = "What each score is worth, 0 to 100. Corner: changed by the analyst; dotted: not saved yet; ?: not known.";
    return make("div", "aws-grid", [this.table, make("p", "aws-key", key)]);
  }

  // ---- showing what was computed -------------------------------------------------------------------------------

  /** All scores in force; that of the open cell as it is being typed, when it can be used. */
  now() {
    const scores = new Map();
    for (const { id } of this.options) for (const leaf of this.leaves) scores.set(cellKey(id, leaf), this.score(id, leaf));
    const draft = this.drafts.get(cellKey(...this.at));
    if (draft && !this.faultOf(draft)) scores.set(cellKey(...this.at), { ...scores.get(cellKey(...this.at)), ...this.numbers(draft), distribution: "" });
    return scores;
  }

  show() {
    const { data } = this, scores = this.now(), found = this.rank(scores);
    if (this.ranked.length) {
      const led = this.before.order[0];
      this.showLeader(this.ranked, found, led, ["By the case as it stands ", name(this.ranked[led].short), " leads"]);
    } else tell(this.answer, ["Every option fails a screen, so none is ranked."]);
    const mine = [...scores.values()].filter((each) => each.mine).length;
    const trying = this.drafts.has(cellKey(...this.at)) ? " One more is being tried and is not saved yet." : "";
    tell(this.changed, [`Under ${this.model.get("weighed").under}. ${mine ? `${mine} score${mine > 1 ? "s" : ""} changed by the analyst.` : "All scores are those of the case."}${data.scales && ` ${data.scales}`}${trying}`]);
    this.root.dataset.changed = mine;
    for (const [key, button] of this.cells) this.showCell(key, button, scores.get(key));
    this.ranked.forEach(({ id }, i) => {
      const { total, place, bar, number, line } = this.rows.get(id), moved = this.before.ranks[i] - found.ranks[i];
      say(number, tenths(found.scores[i]));
      bar.style.width = `${found.scores[i]}%`;
      line.classList.toggle("aws-first", found.ranks[i] === 1);
      tell(place, [String(found.ranks[i]), moved ? (moved > 0 ? ` \u25b2${moved}` : ` \u25bc${-moved}`) : ""]);
      place.title = moved ? `${this.before.ranks[i]} by the case as it stands` : "";
      total.title = `${found.scores[i].toFixed(2)} of 100`;
    });
    for (const { id } of this.options) if (id in data.screened) {
      const { place, line } = this.rows.get(id);
      say(place, "\u2013");
      line.title = data.screened[id];
    }
    this.showActs();
    const kept = `Changes are kept in ${data.folder}/scores.csv; the case's own files stay as they are. The other notebooks use them when they are opened or run again.`;
    say(this.status, this.unsaved(this.outbox.pending.length ? "Saving ..." : kept));
  }

  showCell(key, button, score) {
    const [option, leaf] = JSON.parse(key), scale = this.data.reasons.scales[leaf];
    const value = valueOf(scale, score.likely), worth = rounded(value, 0);
    say(button, score.distribution === UNKNOWN ? "?" : worth);
    button.style.setProperty("--aws-value", `${(0.62 * value).toFixed(1)}%`);
    button.classList.toggle("aws-mine", Boolean(score.mine));
    button.classList.toggle("aws-draft", this.drafts.has(key));
    const short = this.options.find((each) => each.id === option).short;
    const text = `${short}, ${this.nodes.get(leaf).name}: ${judgedAs(score)}, worth ${worth} of 100${score.mine ? ", changed by the analyst" : ""}`;
    if (button.title !== text) {
      button.title = text;
      button.setAttribute("aria-label", text);
    }
  }

  /** Show one option or criterion, or the branch of a criterion, alone. */
  filter() {
    const option = this.pickOption.select.value, criterion = this.pickCriterion.select.value;
    const within = (leaf) => !criterion || branchOf(this.nodes, leaf).includes(criterion);
    for (const [id, { line }] of this.rows) line.hidden = Boolean(option) && id !== option;
    for (const leaf of this.leaves) {
      this.heads.get(leaf).hidden = !within(leaf);
      for (const { id } of this.options) this.cells.get(cellKey(id, leaf)).parentNode.hidden = !within(leaf);
    }
    this.table.classList.toggle("aws-few", this.leaves.filter(within).length < 9);
    const here = this.cells.get(cellKey(...this.at));
    if (here.parentNode.hidden || here.parentNode.parentNode.hidden) this.open(option || this.at[0], within(this.at[1]) ? this.at[1] : this.leaves.find(within));
  }

  // ---- the story of one score ----------------------------------------------------------------------------------

  open(option, criterion, focus = false) {
    const old = this.cells.get(cellKey(...this.at));
    old.setAttribute("tabindex", "-1");
    old.removeAttribute("aria-current");
    this.at = [option, criterion];
    const button = this.cells.get(cellKey(option, criterion));
    button.setAttribute("tabindex", "0");
    button.setAttribute("aria-current", "true");
    if (focus) button.focus({ preventScroll: false });
    this.root.dataset.at = `${option} ${criterion}`;
    this.tellStory();
    this.show();
  }

  tellStory() {
    const [option, criterion] = this.at, { data } = this;
    const node = this.nodes.get(criterion), scale = data.reasons.scales[criterion];
    const score = this.score(option, criterion), plain = this.plain.get(cellKey(option, criterion));
    const title = [written("span", data.options.find((each) => each.id === option).short), ": ", written("span", node.name)];
    const about = ` ${scale.unit || `on a scale from ${figure(scale.worst)} to ${figure(scale.best)}`}, worth ${rounded(valueOf(scale, score.likely), 0)} of 100.`;
    const parts = [
      make("h3", "aws-title", title, { "--awb-colour": node.colour }),
      node.question && written("p", node.question, "aws-question awb-name"),
      make("p", "aws-judged", [make("b", "", judgedAs(score)), about]),
      scaleLine(node, scale, score), written("p", score.rationale || "No reason is recorded.", "aws-reason awb-name"), sentence("p", "awr-grade", byWhom(score)),
    ];
    if (score.mine) parts.push(this.asInCase(plain));
    parts.push(evidenceList(data.reasons, score.evidence), this.earlier(option, criterion, score));
    this.story.replaceChildren(...parts.filter(Boolean));
    this.ask(node, scale, score);
  }

  /** What the case itself says of a score that was changed, and the way back to it. */
  asInCase(plain) {
    const line = sentence("p", "", ["The case has ", `${judgedAs(plain)}: `, name(plain.rationale || "no reason is recorded")]);
    return make("div", "aws-case", [line, make("button", "awb-link", "Back to the case's score", { type: "button", "data-act": "back" })]);
  }

  /** Judgements of the score that are not in force. */
  earlier(option, criterion, score) {
    const every = [...this.data.reasons.judged, ...this.judgements(option, criterion)].filter((each) => each.option === option && each.criterion === criterion);
    const rest = every.map(judgement).filter((each) => !(each.as_of === score.as_of && each.rationale === score.rationale && each.likely === score.likely));
    if (!rest.length) return null;
    const lines = rest.reverse().map((each) =>
      sentence("p", "", [`${judgedAs(each)}, ${dayOf(each.as_of) || "undated"}${each.judged_by ? ", " : ""}`, ...(each.judged_by ? [name(each.judged_by)] : []), ". ", name(each.rationale)]));
    return make("details", "aws-earlier", [make("summary", "", `Earlier judgements (${rest.length})`), ...lines]);
  }

  /** The boxes to change the score in, with what was typed there before. */
  ask(node, scale, score) {
    const draft = this.drafts.get(cellKey(...this.at));
    const value = draft ?? { ...Object.fromEntries(EDITED.map((each) => [each, score.distribution === UNKNOWN ? "" : figure(score[each])])), rationale: "" };
    const box = (text, field, tag, cls, attributes) => {
      const input = make(tag, "awb-text", undefined, { "data-field": field, ...attributes });
      input.value = value[field] || (field === "judged_by" ? this.analyst : "");
      return labelled(`aws-box ${cls}`, text, input);
    };
    const short = this.options.find((each) => each.id === this.at[0]).short;
    const ends = [scale.worst, scale.best].sort((one, other) => one - other).map(figure);
    const head = sentence("p", "aws-formhead", ["Change ", name(short), " on ", name(node.name), `, from ${ends[0]} to ${ends[1]}:`]);
    const number = { type: "number", step: "any", inputmode: "decimal" };
    const tick = make("input", "", undefined, { type: "checkbox", "data-field": "evidence", value: score.evidence.join(";") });
    tick.checked = Boolean(draft?.evidence);
    const cites = make("label", "aws-cites", [tick, " It still rests on the evidence cited so far"]);
    cites.hidden = !score.evidence.length;
    this.drop = make("button", "awb-link", "Leave it as it was", { type: "button", "data-act": "drop" });
    this.drop.hidden = !draft;
    this.fault = make("p", "aws-fault", draft?.fault ?? "", { role: "alert" });
    this.form.replaceChildren(
      head, box("Low", "low", "input", "aws-figure", number), box("Likely", "likely", "input", "aws-figure", number), box("High", "high", "input", "aws-figure", number),
      box("Why do you judge it so?", "rationale", "textarea", "aws-why", { rows: "2", dir: "auto" }),
      box("Your name", "judged_by", "input", "aws-who", { type: "text", size: "8", autocomplete: "name", dir: "auto" }),
      make("button", "awb-button aws-save", "Save this score", { type: "submit", "data-act": "save" }), this.drop, cites, this.fault,
    );
  }

  // ---- what the analyst does -----------------------------------------------------------------------------------

  listen() {
    const { root } = this;
    root.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.closest("form")) this.commit();
      else if (event.target.dataset.criterion) this.walk(event);
    });
    root.addEventListener("click", ({ target }) => {
      const cell = target.closest("button[data-criterion]"), act = target.closest("[data-act]")?.dataset.act;
      if (cell) this.open(cell.dataset.option, cell.dataset.criterion);
      else if (act === "undo" || act === "redo") this.go(act);
      else if (act === "back") this.change([], "The score of the case stands again.");
      else if (act === "drop") {
        this.drafts.delete(cellKey(...this.at));
        this.open(...this.at, true);
      }
    });
    root.addEventListener("input", ({ target }) => target.dataset.field && this.typed());
    root.addEventListener("change", ({ target }) => target.dataset.pick && this.filter());
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.commit();
    });
    this.follow(["judgements"]);
    this.follow(["weighed"], () => {
      this.before = this.rank(this.plain);
      this.heard();
    });
    this.onAsked = (event) => this.asked(event);
    document.addEventListener("aukus-score", this.onAsked);
  }

  /** Arrows go from cell to cell; Enter goes to the box of the likely score. */
  walk(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -99], End: [0, 99] };
    if (event.key === "Enter") {
      event.preventDefault();
      this.form.querySelector("[data-field=likely]").select();
    }
    if (!steps[event.key]) return;
    event.preventDefault();
    const move = (ids, id, by) => ids[Math.min(Math.max(ids.indexOf(id) + by, 0), ids.length - 1)];
    const options = this.options.map(({ id }) => id).filter((id) => !this.rows.get(id).line.hidden);
    const leaves = this.leaves.filter((id) => !this.heads.get(id).hidden);
    this.open(move(options, this.at[0], steps[event.key][0]), move(leaves, this.at[1], steps[event.key][1]), true);
  }

  /** A bar of a board was chosen: show what is behind it here, when this sheet is of that case and can be seen. */
  asked(event) {
    const { title, option, criterion } = event.detail;
    if (title !== this.data.title || !this.root.offsetParent) return;
    event.preventDefault();
    this.pickOption.select.value = option;
    this.pickCriterion.select.value = criterion;
    this.filter();
    this.root.scrollIntoView({ block: "start", behavior: "smooth" });
    const leaf = this.leaves.find((each) => !this.heads.get(each).hidden);
    this.open(option, leaf, true);
  }

  typed() {
    const key = cellKey(...this.at), draft = {};
    for (const box of this.form.querySelectorAll("[data-field]")) draft[box.dataset.field] = box.type === "checkbox" && !box.checked ? "" : box.value;
    this.drafts.set(key, draft);
    this.drop.hidden = false;
    const beyond = this.faultOf(draft);
    say(this.fault, draft.likely !== "" && beyond ? beyond : "");
    const node = this.nodes.get(this.at[1]), scale = this.data.reasons.scales[this.at[1]];
    if (!beyond) this.story.querySelector(".awr-scale").replaceWith(scaleLine(node, scale, this.numbers(draft)));
    this.show();
    this.later("speak", () => say(this.live, this.answer.textContent), 600);
  }

  numbers(draft) {
    const likely = Number(draft.likely);
    return { likely, low: draft.low.trim() === "" ? likely : Number(draft.low), high: draft.high.trim() === "" ? likely : Number(draft.high) };
  }

  /** Why the numbers of a draft cannot be used, in words; blank when they can. */
  faultOf(draft) {
    const scale = this.data.reasons.scales[this.at[1]], [least, most] = [scale.worst, scale.best].sort((a, b) => a - b);
    if (draft.likely.trim() === "") return "Give a likely score; low and high are for where you are unsure.";
    if ((draft.low.trim() === "") !== (draft.high.trim() === "")) return "Give both a low and a high, or neither.";
    const { low, likely, high } = this.numbers(draft);
    const off = [low, likely, high].find((each) => !(each >= least && each <= most));
    if (off !== undefined) return `${figure(off)} lies beyond this scale, which goes from ${figure(least)} to ${figure(most)}. Choose a score on it; a wider scale would have its weights judged anew.`;
    return low > likely || likely > high ? "The likely score lies between the low and the high." : "";
  }

  commit() {
    const key = cellKey(...this.at), draft = this.drafts.get(key);
    if (!draft) return say(this.fault, "Nothing is changed yet: type another score, or another reason.");
    const who = (draft.judged_by ?? "").trim();
    const faults = [
      ["", this.faultOf(draft)],
      ["rationale", !draft.rationale.trim() && "Say in a sentence why you judge it so: a score without a reason cannot be defended."],
      ["judged_by", !who && "Give your name: whoever reads the score must know who judged it."],
    ];
    const [field, fault] = faults.find(([, text]) => text) ?? [];
    if (fault) say(this.fault, fault);
    if (field) this.form.querySelector(`[data-field=${field}]`).focus();
    if (fault) return;
    this.analyst = who;
    const [option, criterion] = this.at, score = this.score(option, criterion), numbers = this.numbers(draft);
    const spread = numbers.low < numbers.high;
    const judged = score.distribution !== UNKNOWN && (!spread || score.distribution !== "fixed");
    const row = {
      option, criterion, likely: figure(numbers.likely), low: spread ? figure(numbers.low) : "", high: spread ? figure(numbers.high) : "",
      distribution: judged ? score.distribution : "", rationale: draft.rationale.trim(),
      evidence: draft.evidence, judged_by: who, as_of: "",
    };
    this.change([...this.judgements(option, criterion).filter((each) => each.as_of), row], "Saved as a judgement of today.", draft);
  }

  change(rows, message, draft) {
    const [option, criterion] = this.at, was = this.judgements(option, criterion);
    this.did({ option, criterion, was, rows });
    this.send(option, criterion, was, rows, draft);
    this.message(message);
  }

  send(option, criterion, was, rows, draft) {
    this.outbox.add({ option, criterion, was, rows });
    const { id } = this.outbox.pending.at(-1);
    this.sent.set(id, { option, criterion, draft });
    this.drafts.delete(cellKey(option, criterion));
    this.outbox.send();
    this.open(option, criterion, this.root.contains(document.activeElement) && !document.activeElement.dataset.act);
  }

  standing(step) {
    return step;
  }

  restore({ option, criterion, was, rows }, act) {
    this.send(option, criterion, this.judgements(option, criterion), act === "undo" ? was : rows);
  }

  // ---- what Python says ----------------------------------------------------------------------------------------

  /** Python has written something down or refused it; what it refused is a draft again, with the reason. */
  heard() {
    const refused = this.model.get("refused");
    for (const [id, { option, criterion, draft }] of this.sent) {
      if (this.outbox.pending.some((each) => each.id === id)) continue;
      this.sent.delete(id);
      const fault = refused[id];
      if (!fault) continue;
      this.done = this.done.filter((each) => each.option !== option || each.criterion !== criterion);
      if (draft) this.drafts.set(cellKey(option, criterion), { ...(this.drafts.get(cellKey(option, criterion)) ?? draft), fault });
    }
    const writing = this.form.contains(document.activeElement) && document.activeElement.dataset.field;
    if (writing && !this.drafts.get(cellKey(...this.at))?.fault) this.show(); // not a word is taken from under the hand
    else this.open(...this.at);
  }

  close() {
    document.removeEventListener("aukus-score", this.onAsked);
    super.close();
  }
}

export default widget(Sheet);
