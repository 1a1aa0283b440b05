// The guide to swing weights: one question a screen, forward and back, answers told to Python whenever it listens.
// swing_guide.js says what is asked. Texts of the case are only ever set as text.

/** An element that holds a sentence, its names as isolated text. */
export function sentence(tag, cls, parts, attributes = {}) {
  const element = make(tag, cls, undefined, attributes);
  tell(element, parts);
  return element;
}

/** Three digits, as many as a judgement bears. */
export const brief = (number) => String(Number(number.toPrecision(3)));

/**
 * Screens one after the other. A step has id, title (a sentence), lead, value (what is answered so far), answered,
 * choice (the questions after it depend on it), draw(value, changed) and read(value): the answers to log, or a text
 * that says what is missing.
 */
export class Guide {
  constructor(model, host) {
    this.model = model;
    this.data = model.get("data");
    this.nodes = new Map(this.data.nodes.map((node) => [node.id, node]));
    this.asked = [...siblings(this.data.nodes)].filter(([, ids]) => ids.length > 1);
    this.entries = model.get("answers").map((entry) => ({ ...entry }));
    this.drafts = new Map();
    this.root = make("div", "awb awg");
    this.outbox = new Outbox(model, "awg", this.data, this.root, () => this.showStatus());
    this.unique = `awg-${this.outbox.session}`;
    this.root.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab would take the keys
    host.replaceChildren(this.root);
    this.build();
    this.adopt();
    this.refold();
    this.goTo(this.firstOpen(), false);
    this.listen();
  }

  build() {
    const head = make("header", "awg-head");
    if (this.data.marking) head.append(make("p", "awb-marking", this.data.marking, { dir: "auto" }));
    head.append(make("p", "awb-title", this.data.title, { dir: "auto" }));
    this.where = make("p", "awg-where");
    this.bar = make("div", "awg-bar", undefined, { role: "progressbar", "aria-valuemin": "0", "aria-label": "Questions answered" });
    this.bar.append(make("span", ""));
    head.append(this.where, this.bar);
    this.form = make("form", "awg-form");
    this.form.noValidate = true;
    this.body = make("div", "awg-body");
    this.messages = make("p", "awg-message", "", { role: "alert" });
    this.back = make("button", "awb-button awg-button", "Back", { type: "button", "data-act": "back" });
    this.next = make("button", "awb-button awg-button awg-next", "Next", { type: "submit", "data-act": "next" });
    const foot = make("div", "awg-foot");
    foot.append(this.back, this.next);
    this.form.append(this.body, this.messages, foot);
    this.status = make("p", "awb-status", "", { role: "status" });
    this.root.append(head, this.form, this.status);
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.forward();
    });
    this.back.addEventListener("click", () => this.goTo(this.at - 1));
    this.onResult = () => this.step.finish && this.show(false);
    this.model.on("change:result", this.onResult);
  }

  close() {
    this.outbox.close();
    this.model.off("change:result", this.onResult);
  }

  // ---- where we are --------------------------------------------------------------------------------------------

  refold() {
    this.state = foldAnswers(this.entries, this.nodes);
    this.steps = this.asked.flatMap(([parent, ids], part) => stepsOf(this, ids, parent).map((step) => ({ ...step, part, parent })));
    this.steps.push(this.lastStep());
  }

  get step() {
    return this.steps[this.at];
  }

  firstOpen() {
    return this.steps.findIndex((step) => step.finish || !step.answered);
  }

  goTo(at, focus = true) {
    this.at = Math.max(0, Math.min(at, this.steps.length - 1));
    this.messages.textContent = "";
    this.show(focus);
  }

  goToId(id) {
    this.goTo(this.steps.findIndex((step) => step.id === id));
  }

  /** What stands on a screen: what was typed there before, else what was answered. */
  valueOf(step) {
    if (!this.drafts.has(step.id)) this.drafts.set(step.id, structuredClone(step.value ?? {}));
    return this.drafts.get(step.id);
  }

  forward() {
    const { step } = this;
    const value = this.valueOf(step);
    if (step.finish) return this.finish();
    if (!step.answered || !same(value, step.value ?? {})) {
      const read = step.read(value);
      if (typeof read === "string") {
        this.messages.textContent = read;
        return;
      }
      for (const answer of read) this.report(answer);
      this.drafts.delete(step.id);
      if (step.choice) for (const each of this.steps) if (each.part === step.part) this.drafts.delete(each.id); // about another pair now
      this.refold();
    }
    const at = this.steps.findIndex((each) => each.id === step.id);
    this.goTo(at < 0 ? this.firstOpen() : at + 1);
  }

  show(focus) {
    const { step } = this;
    const inPart = this.steps.filter((each) => each.part === step.part && !each.check);
    const questions = this.steps.filter((each) => !each.check && !each.finish);
    const done = questions.filter((each) => each.answered).length;
    const place = inPart.indexOf(step);
    const part = step.finish ? "" : step.parent ? this.nodes.get(step.parent).name : this.data.within || "The main criteria";
    this.where.replaceChildren();
    if (step.finish) this.where.append("Your weights");
    else {
      if (this.asked.length > 1) this.where.append(`Part ${step.part + 1} of ${this.asked.length}: `);
      this.where.append(make("b", "awb-name", part, { dir: "auto" }), place < 0 ? ", summary" : `, question ${place + 1} of ${inPart.length}`);
    }
    this.bar.setAttribute("aria-valuemax", questions.length);
    this.bar.setAttribute("aria-valuenow", done);
    this.bar.firstChild.style.width = `${(100 * done) / Math.max(questions.length, 1)}%`;
    this.root.dataset.step = step.id;
    this.root.dataset.answered = done;
    const title = sentence("h2", "awg-question", step.title, { tabindex: "-1", id: `${this.unique}-q` });
    this.body.replaceChildren(title);
    if (step.lead) this.body.append(sentence("p", "awg-lead", step.lead));
    const value = this.valueOf(step);
    this.body.append(...step.draw(value, () => (this.messages.textContent = "")));
    this.back.disabled = this.at === 0;
    this.next.textContent = step.finish ? (this.finished ? "Save again" : "Save these weights") : "Next";
    this.next.disabled = Boolean(step.finish && !this.ready);
    if (focus) title.focus({ preventScroll: false });
    this.showStatus();
  }

  // ---- the end -------------------------------------------------------------------------------------------------

  /** Whether Python has weighed all that was answered. */
  get ready() {
    return !this.outbox.pending.length && Boolean(this.model.get("result").weights) && this.firstOpen() === this.steps.length - 1;
  }

  lastStep() {
    if (!this.asked.length) {
      return { id: "finish", finish: true, title: ["No two criteria stand side by side here, so there is nothing to compare."], draw: () => [] };
    }
    const waiting = () => {
      const { why } = this.model.get("result");
      const text = why && !this.outbox.pending.length ? why : "The weights appear here when the kernel has worked them out. Your answers are kept.";
      return [make("p", "awg-lead awb-name", text, { dir: "auto" })];
    };
    return {
      id: "finish", finish: true,
      title: [this.finished ? "Your weights are saved." : "These are the weights your answers give."],
      draw: () => this.ready ? this.summary(this.model.get("result")) : waiting(),
    };
  }

  summary({ weights, low, high, findings }) {
    const range = (id) => (low ? `${(100 * low[id]).toFixed(1)} to ${(100 * high[id]).toFixed(1)}` : "");
    const head = make("p", "awg-lead", `The weight of each, of 100 in all${low ? ", and the range that your answers allow" : ""}.`);
    const list = this.shares(weights, Math.max(...Object.values(high ?? weights)), range);
    if (!findings.length) return [head, list];
    const title = "What a reviewer should know";
    const remarks = make("ul", "awg-findings", undefined, { "aria-label": title });
    for (const finding of findings) remarks.append(make("li", "awb-name", finding, { dir: "auto" }));
    return [head, list, make("h3", "awg-small", title), remarks];
  }

  finish() {
    this.tell({ kind: "finish" });
    this.finished = true;
    this.steps[this.at] = this.lastStep();
    this.show(true);
  }

  // ---- telling Python, whenever it listens ---------------------------------------------------------------------

  report(answer) {
    this.finished = false;
    this.entries.push(answer);
    this.tell(answer);
  }

  tell({ kind, ...answer }) {
    this.outbox.add({ kind, answer });
    this.outbox.send();
  }

  /** Say what is written down and what is not. */
  showStatus() {
    const { pending, late } = this.outbox;
    const fault = this.model.get("fault");
    let status = "Every answer is saved as you give it; you can stop and go on later.";
    if (fault) status = `Not saved. ${fault}`;
    else if (late) status = "Not saved yet: the kernel is busy or away. Go on; it is saved when the kernel is back or the cell is run again.";
    else if (this.finished && !pending.length) status = `Saved in ${this.data.folder}. The next notebook uses these weights.`;
    say(this.status, status);
    if (this.step?.finish) this.next.disabled = !this.ready;
  }

  /** Take over answers that an earlier guide to the same question could not save. */
  adopt() {
    if (!this.outbox.adopt(({ kind }) => kind !== "finish")) return;
    this.entries.push(...this.outbox.pending.map(({ kind, answer }) => ({ kind, ...answer })));
    this.outbox.send();
  }

  // ---- pieces of screens ---------------------------------------------------------------------------------------

  /** A criterion and its swing. */
  card(id) {
    const node = this.nodes.get(id);
    const card = make("div", "awg-card");
    card.style.setProperty("--awb-colour", node.colour);
    card.append(make("b", "awg-name awb-name", node.name, { dir: "auto" }));
    if (node.worst && node.best) {
      for (const [word, text] of [["Worst", node.worst], ["Best", node.best]]) {
        const line = make("p", `awg-end awg-${word.toLowerCase()}`);
        line.append(make("span", "awg-word", word), make("span", "awb-name", text, { dir: "auto" }));
        card.append(line);
      }
    } else {
      if (node.question) card.append(make("p", "awg-end awb-name", node.question, { dir: "auto" }));
      card.append(make("p", "awg-end awg-note", "From the worst to the best on everything this covers."));
    }
    return card;
  }

  cards(...ids) {
    const row = make("div", "awg-cards");
    row.append(...ids.map((id) => this.card(id)));
    return row;
  }

  /** Choose one of some criteria. */
  chooser(ids, value, changed) {
    const row = make("div", "awg-cards awg-choose", undefined, { role: "radiogroup", "aria-labelledby": `${this.unique}-q` });
    for (const id of ids) {
      const label = make("label", "awg-pick");
      const radio = make("input", "", undefined, { type: "radio", name: `${this.unique}-choice`, value: id });
      radio.checked = value.chosen === id;
      radio.addEventListener("change", () => {
        value.chosen = id;
        changed();
      });
      label.append(radio, this.card(id));
      row.append(label);
    }
    return row;
  }

  /** A labelled number box. */
  box(text, value, key, changed, attributes = {}) {
    const label = make("label", "awg-box");
    const input = make("input", "awb-number", undefined, { type: "number", step: "any", min: "0", inputmode: "decimal", "data-key": key, ...attributes });
    input.value = value[key] ?? "";
    input.addEventListener("input", () => {
      value[key] = input.value.trim() === "" ? null : Number(input.value);
      changed();
    });
    label.append(make("span", "", text), input);
    return label;
  }

  /** Shares as bars, the greatest first, each with its range where there is one. */
  shares(shares, most = Math.max(...Object.values(shares)), range = () => "") {
    const list = make("ol", "awg-weights");
    for (const [id, share] of Object.entries(shares).sort((a, b) => b[1] - a[1])) {
      const node = this.nodes.get(id);
      const row = make("li", "", undefined, { "data-leaf": id });
      const bar = make("span", "awg-share", undefined, { "aria-hidden": "true" });
      bar.style.setProperty("--awb-colour", node.colour);
      bar.style.setProperty("--awg-share", share / most);
      row.append(make("span", "awb-name", node.name, { dir: "auto" }), bar, make("b", "", (100 * share).toFixed(1)), make("span", "awg-range", range(id)));
      list.append(row);
    }
    return list;
  }

  /** A button that goes to another question. */
  again(text, id) {
    const button = make("button", "awb-link", text, { type: "button", "data-again": id });
    button.addEventListener("click", () => this.goToId(id));
    return button;
  }

  /** A criterion's name, as it is written. */
  named(id) {
    return name(this.nodes.get(id).name);
  }
}

/** What anywidget asks for. */
export default {
  render({ model, el }) {
    const guide = new Guide(model, el);
    return () => guide.close();
  },
};
