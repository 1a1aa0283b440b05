// What the guides share: one question a screen, forward and back, answers told to Python whenever it listens. Joined by
// guides.py to words.js, page.js, outbox.js and to a module that knows its method; texts of the case are only ever set as text.

/** An element that holds a sentence, its names as isolated text. */
export function sentence(tag, cls, parts, attributes = {}) {
  const made = make(tag, cls, undefined, attributes);
  for (const part of parts) made.append(typeof part === "string" ? part : make("b", "awb-name", part.name, { dir: "auto" }));
  return made;
}

/** The siblings under each parent, in the order of the tree. */
export function groupsOf(nodes) {
  const groups = new Map();
  for (const node of nodes) groups.set(node.parent, [...(groups.get(node.parent) ?? []), node]);
  return groups;
}

const alike = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** What a number on the scale means (Saaty 1977). */
export const MORE = ["the same", "slightly more", "moderately more", "moderately to strongly more", "strongly more", "strongly to very strongly more", "very strongly more", "very strongly to extremely more", "extremely more"];

/** Three digits, as many as a judgement bears. */
export const brief = (number) => String(Number(number.toPrecision(3)));

/**
 * A guide. The method given says what to ask: `fold(entries, groups)` makes a state of the answers, `steps(guide, ids,
 * parent)` the screens of one group. A step has id, title (a sentence), lead, value (what is answered so far),
 * answered, choice (the questions after it depend on it), draw(value, changed) and read(value): the answers to log, or a text that says what is missing.
 */
export class Guide {
  constructor(model, host, method) {
    this.model = model;
    this.method = method;
    this.data = model.get("data");
    this.nodes = new Map(this.data.nodes.map((node) => [node.id, node]));
    this.groups = groupsOf(this.data.nodes);
    this.asked = [...this.groups].filter(([, nodes]) => nodes.length > 1);
    this.entries = model.get("answers").map((entry) => ({ ...entry }));
    this.drafts = new Map();
    this.root = make("div", "awb awg");
    this.outbox = new Outbox(model, "awg", this.data, this.root);
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
    this.onSafe = () => this.safe();
    this.onResult = () => this.step.finish && this.show(false);
    for (const name of ["acknowledged", "fault"]) this.model.on(`change:${name}`, this.onSafe);
    this.model.on("change:result", this.onResult);
  }

  close() {
    clearTimeout(this.waiting);
    for (const name of ["acknowledged", "fault"]) this.model.off(`change:${name}`, this.onSafe);
    this.model.off("change:result", this.onResult);
  }

  // ---- where we are --------------------------------------------------------------------------------------------

  refold() {
    this.state = this.method.fold(this.entries, this.nodes);
    this.steps = this.asked.flatMap(([parent, nodes], part) =>
      this.method.steps(this, nodes.map((node) => node.id), parent).map((step) => ({ ...step, part, parent })));
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
    if (!step.answered || !alike(value, step.value ?? {})) {
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
    this.safe();
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
      const said = why && !this.outbox.pending.length ? why : "The weights appear here when the kernel has worked them out. Your answers are kept.";
      return [make("p", "awg-lead awb-name", said, { dir: "auto" })];
    };
    return {
      id: "finish", finish: true,
      title: [this.finished ? "Your weights are saved." : "These are the weights your answers give."],
      draw: () => this.ready ? this.summary(this.model.get("result")) : waiting(),
    };
  }

  summary({ weights, low, high, findings }) {
    const most = Math.max(...Object.values(high ?? weights));
    const list = make("ol", "awg-weights");
    for (const [id, weight] of Object.entries(weights).sort((a, b) => b[1] - a[1])) {
      const node = this.nodes.get(id);
      const row = make("li", "", undefined, { "data-leaf": id });
      const bar = make("span", "awg-share", undefined, { "aria-hidden": "true" });
      bar.style.setProperty("--awb-colour", node.colour);
      bar.style.setProperty("--awg-share", weight / most);
      const range = low ? `${(100 * low[id]).toFixed(1)} to ${(100 * high[id]).toFixed(1)}` : "";
      row.append(make("span", "awb-name", node.name, { dir: "auto" }), bar, make("b", "", (100 * weight).toFixed(1)), make("span", "awg-range", range));
      list.append(row);
    }
    const head = make("p", "awg-lead", `The weight of each, of 100 in all${low ? ", and the range that your answers allow" : ""}.`);
    const said = make("ul", "awg-findings", undefined, { "aria-label": "What a reviewer should know" });
    for (const finding of findings) said.append(make("li", "awb-name", finding, { dir: "auto" }));
    return findings.length ? [head, list, make("h3", "awg-small", "What a reviewer should know"), said] : [head, list];
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
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.safe(), 3000);
  }

  /** Say what is written down and what is not. */
  safe() {
    this.outbox.settle();
    const { pending } = this.outbox;
    const fault = this.model.get("fault");
    const late = pending.length && Date.now() - Date.parse(pending[0].at) > 2900;
    let said = "Every answer is saved as you give it; you can stop and go on later.";
    if (fault) said = `Not saved. ${fault}`;
    else if (late) said = "Not saved yet: the kernel is busy or away. Go on; it is saved when the kernel is back or the cell is run again.";
    else if (this.finished && !pending.length) said = `Saved in ${this.data.folder}. The next notebook uses these weights.`;
    say(this.status, said);
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
    const made = make("div", "awg-card");
    made.style.setProperty("--awb-colour", node.colour);
    made.append(make("b", "awg-name awb-name", node.name, { dir: "auto" }));
    if (node.worst && node.best) {
      for (const [word, text] of [["Worst", node.worst], ["Best", node.best]]) {
        const line = make("p", `awg-end awg-${word.toLowerCase()}`);
        line.append(make("span", "awg-word", word), make("span", "awb-name", text, { dir: "auto" }));
        made.append(line);
      }
    } else {
      if (node.question) made.append(make("p", "awg-end awb-name", node.question, { dir: "auto" }));
      made.append(make("p", "awg-end awg-note", "From the worst to the best on everything this covers."));
    }
    return made;
  }

  cards(...ids) {
    const made = make("div", "awg-cards");
    made.append(...ids.map((id) => this.card(id)));
    return made;
  }

  /** Choose one of some criteria. */
  chooser(ids, value, changed) {
    const made = make("div", "awg-cards awg-choose", undefined, { role: "radiogroup", "aria-labelledby": `${this.unique}-q` });
    for (const id of ids) {
      const label = make("label", "awg-pick");
      const radio = make("input", "", undefined, { type: "radio", name: `${this.unique}-choice`, value: id });
      radio.checked = value.chosen === id;
      radio.addEventListener("change", () => {
        value.chosen = id;
        changed();
      });
      label.append(radio, this.card(id));
      made.append(label);
    }
    return made;
  }

  /** A row of choices with numbers, each saying in words what it means; `marks` are [number, label, words]. */
  scale(marks, value, key, changed, ends) {
    const made = make("div", "awg-scale");
    const row = make("div", "awg-marks", undefined, { role: "radiogroup", "aria-labelledby": `${this.unique}-q` });
    const words = make("p", "awg-words", "", { "aria-hidden": "true" });
    const tell = () => {
      const mark = marks.find((each) => each[0] === value[key]);
      words.replaceChildren(...(mark ? sentence("p", "", mark[2]).childNodes : [document.createTextNode("Choose the number that fits best.")]));
    };
    for (const [number, label, said] of marks) {
      const mark = make("label", "awg-mark");
      const radio = make("input", "", undefined, { type: "radio", name: `${this.unique}-scale`, value: number, "aria-label": plain(said) });
      radio.checked = value[key] === number;
      radio.addEventListener("change", () => {
        value[key] = number;
        tell();
        changed();
      });
      mark.append(radio, make("span", "", label, { "aria-hidden": "true" }));
      row.append(mark);
    }
    if (ends) made.append(ends);
    made.append(row, words);
    tell();
    return made;
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

  /** Shares of a group as bars, the greatest first. */
  shares(found) {
    const list = make("ol", "awg-weights");
    const most = Math.max(...Object.values(found));
    for (const [id, share] of Object.entries(found).sort((a, b) => b[1] - a[1])) {
      const row = make("li", "");
      const bar = make("span", "awg-share", undefined, { "aria-hidden": "true" });
      bar.style.setProperty("--awb-colour", this.nodes.get(id).colour);
      bar.style.setProperty("--awg-share", share / most);
      row.append(make("span", "awb-name", this.nodes.get(id).name, { dir: "auto" }), bar, make("b", "", (100 * share).toFixed(1)));
      list.append(row);
    }
    return list;
  }

  /** A button that goes to another question. */
  again(text, id) {
    const made = make("button", "awb-link", text, { type: "button", "data-again": id });
    made.addEventListener("click", () => this.goToId(id));
    return made;
  }

  /** A criterion's name, as it is written. */
  named(id) {
    return name(this.nodes.get(id).name);
  }

  /** What was said of two criteria, and what would fit instead. */
  misfit(more, less, times, fits) {
    const would = fits >= 1 ? `${brief(fits)} times would fit the other answers.` : `by the other answers it is the other way round, ${brief(1 / fits)} times.`;
    return sentence("li", "", [this.named(more), ` is said to be worth ${brief(times)} times `, this.named(less), `; ${would}`]);
  }

  /** The choices of a scale that says how many times as much one is worth as another. */
  times(more, less, times) {
    if (times === 1) return [this.named(more), " and ", this.named(less), " are worth the same."];
    return [this.named(more), ` is worth ${times} times `, this.named(less), `: ${MORE[times - 1]}.`];
  }
}

/** What anywidget asks for. */
export const widget = (method) => ({
  render({ model, el }) {
    const guide = new Guide(model, el, method);
    return () => guide.close();
  },
});
