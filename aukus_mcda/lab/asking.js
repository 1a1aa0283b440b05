// SPDX-License-Identifier: Apache-2.0
// The questions to a judge: a scale a screen, swings a screen, and at the end a file to send. Nothing is fetched; what
// is answered stays in this browser until it is saved.

/** What was typed: a plain number, nothing, or what is refused and kept as it stands. A comma before three digits may
 * mark thousands or decimals, and nobody can say which. */
const numberIn = (text) => {
  const plain = text.normalize("NFKC").replace("\u2212", "-").trim(), pointed = /,\d{3}$/.test(plain) ? plain : plain.replace(",", ".");
  return plain === "" ? undefined : /^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(pointed) ? Number(pointed) : text;
};
const FIGURE = { type: "text", inputmode: "decimal", autocomplete: "off" };
const many = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;
const swingsOf = (name) => (name ? `Steps within ${name}` : "What is each step from worst to best worth?");

class Asking {
  constructor(data, host) {
    Object.assign(this, { data, host, at: 0 });
    this.shelf = `aukus-mcda-answers:${data.case}:${data.shelf}`;
    const held = recall(this.shelf) ?? {};
    this.given = { at: held.at ?? 0, unweighed: held.unweighed ?? false, scores: Object.assign(byId(), held.scores), weights: Object.assign(byId(), held.weights) };
    for (const [id, points] of Object.entries(data.points)) this.given.weights[id] ??= points;
    this.screens = [...data.scales.map((scale) => () => this.scale(scale)), ...data.groups.map((group) => () => this.swings(group)), () => this.end()];
    this.message = make("p", "asked-message", "", { role: "alert", id: "asked-message" });
    document.title = `${data.title}: ${data.judge}, round ${data.round}`;
    host.setAttribute("role", "main");
    this.back = make("button", "", "Back", { type: "button", click: () => this.show(this.at - 1) });
    this.next = make("button", "asked-next", "Next", { type: "submit" });
    this.body = make("div", "asked-body");
    this.where = make("p", "asked-where", "", { "aria-live": "polite" });
    const foot = make("div", "asked-foot", [this.next, this.back]); // the keys come to what goes on first
    const form = make("form", "asked-form", [this.body, foot], {
      novalidate: "",
      keydown: (event) => event.key === "Enter" && event.target.type === "text" && event.preventDefault(),
      submit: (event) => {
        event.preventDefault();
        this.forward();
      },
    });
    const head = make("header", "asked-head", [
      data.marking && written("p", data.marking, "asked-marking"),
      written("h1", data.title, ""), written("p", data.question, "asked-question"), this.where,
    ]);
    host.replaceChildren(head, form);
    this.show(Math.min(this.given.at, this.screens.length - 1), false);
  }

  keep() {
    const held = keep(this.shelf, { ...this.given, at: this.at });
    if (!held) say(this.message, "This browser keeps nothing: save your answers before you close the page.");
  }

  show(at, focus = true) {
    this.at = at;
    say(this.message, "");
    say(this.where, `${this.data.judge}, round ${this.data.round}. Page ${at + 1} of ${this.screens.length}. What you enter is kept in this browser.`);
    const [title, ...pieces] = this.screens[at]();
    const heading = make("h2", "", title, { tabindex: "-1", dir: "auto" });
    this.body.replaceChildren(heading, ...(at === 0 ? [this.opening()] : []), ...pieces, this.message);
    this.back.hidden = at === 0;
    say(this.next, at === this.screens.length - 1 ? "Save my answers" : "Next");
    if (focus) heading.focus();
    window.scrollTo(0, 0);
    this.keep();
  }

  opening() {
    const { scales, groups, round } = this.data, cells = scales.reduce((sum, { cells }) => sum + cells.length, 0), steps = groups.reduce((sum, { criteria }) => sum + criteria.length, 0);
    const asked = [cells && many(cells, "score"), steps && `the worth of ${many(steps, "step")} from worst to best`].filter(Boolean).join(" and ");
    const again = "Settling one of these could change what a judge would put first. Leave an answer as it is where you stand by it.";
    return make("p", "asked-lead", `You are asked for ${asked}. ${round > 1 ? again : ""} In the results your answers stand beside \u201c${this.data.judge}\u201d; the other judges see them and your reasons without it if they are asked again.`);
  }

  forward() {
    if (this.refused()) return;
    if (this.at < this.screens.length - 1) return this.show(this.at + 1);
    for (let at = 0; at < this.screens.length - 1; at++) {
      this.show(at, false); // a page may have been left unanswered
      if (this.refused()) return;
    }
    this.show(this.screens.length - 1, false);
    this.save();
  }

  /** Whether something is wrong on this page: then it is told beside its field. */
  refused() {
    const wrong = this.check?.();
    if (!wrong) return false;
    this.tell(wrong);
    wrong.field.focus();
    return true;
  }

  /** Say what is wrong with a field, beneath its row. */
  tell({ field, text }) {
    for (const other of this.body.querySelectorAll("[aria-invalid]")) this.mended(other);
    (field.closest(".asked-row") ?? field.closest("label")).after(this.message);
    say(this.message, text);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", this.message.id);
  }

  /** Take back what was told of a field. */
  mended(field) {
    if (field.getAttribute("aria-invalid")) say(this.message, "");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }

  // ---- scores ---------------------------------------------------------------------------------------------------

  scale(scale) {
    const levels = scale.levels.map(([score, means]) => make("li", "", [make("b", "", `${score} `), written("span", means, "")]));
    const cells = scale.cells.map((cell) => this.cell(scale, cell));
    this.check = () => cells.map(({ wrong }) => wrong()).find(Boolean);
    const items = `Evidence: ${scale.evidence.length} items, graded by source (A reliable to F unknown) and by item (1 confirmed to 6 unknown)`;
    const evidence = scale.evidence.map(({ claim, source, grade }) => written("p", `${claim} ${source}, graded ${grade}.`, ""));
    return [
      scale.name,
      written("p", `${scale.question} ${scale.excludes}`.trim(), "asked-lead"),
      make("ol", "asked-levels", levels),
      ...(evidence.length ? [make("details", "asked-evidence", [make("summary", "", items), ...evidence])] : []),
      make("p", "asked-note", `For each option: the most likely score, with the least and the greatest it may be, and why, in a sentence. Leave least and greatest blank only where you are certain. The scale runs from ${scale.least} to ${scale.greatest}${scale.unit ? ` (${scale.unit})` : ""}.${scale.more ? "" : " Less is better."}`),
      ...cells.map(({ card }) => card),
    ];
  }

  /** One option on one scale. */
  cell(scale, { option, own, panel, reasons }) {
    const fits = (score) => score >= scale.least && score <= scale.greatest;
    const misfit = (end) => ({ field: fields[end], text: `${name}, ${fields[end].closest("label").innerText.trim().toLowerCase()}: write a number from ${scale.least} to ${scale.greatest}, in digits, without marks between thousands.` });
    const key = `${option}\n${scale.id}`, { name, description } = this.data.options[option], held = (this.given.scores[key] ??= own ? { ...own } : {});
    const fields = {};
    for (const [end, text] of [["low", "Least"], ["likely", "Most likely"], ["high", "Greatest"]]) {
      const change = () => held[end] !== undefined && !fits(held[end]) && this.tell(misfit(end));
      fields[end] = this.field({ ...FIGURE, change }, held[end], (value) => (held[end] = numberIn(value)), text);
    }
    const why = this.field({ type: "text", maxlength: "2000", dir: "auto", class: "asked-why" }, held.rationale, (value) => (held.rationale = value), "Why");
    const cannot = this.tick("I cannot judge this", held.cannot, (ticked) => {
      held.cannot = ticked;
      settle();
    });
    const labels = [fields.low, fields.likely, fields.high].map(({ parentNode }) => parentNode);
    const card = make("fieldset", "asked-cell", [
      written("legend", name, ""),
      description && written("p", description, "asked-note"),
      panel && make("p", "asked-others", `The panel said, from least to greatest: ${panel.join(", ")}. Your own answer, among them if you gave one, stands below.`),
      ...(panel ? reasons : []).map((reason) => written("p", `\u201c${reason}\u201d`, "asked-others")),
      make("div", "asked-row", [...labels, cannot]), why.parentNode,
    ]);
    const settle = () => {
      for (const field of Object.values(fields)) {
        this.mended(field);
        field.disabled = Boolean(held.cannot);
      }
    };
    settle();
    const wrong = () => {
      if (held.cannot) return null;
      for (const end of ["likely", "low", "high"]) {
        const score = held[end];
        if (score === undefined && end === "likely") return { field: fields[end], text: `${name}: give the most likely score, or say that you cannot judge it.` };
        if (score !== undefined && !fits(score)) return misfit(end);
      }
      if ((held.low === undefined) !== (held.high === undefined)) return { field: fields[held.low === undefined ? "low" : "high"], text: `${name}: give both the least and the greatest, or neither.` };
      if (held.low > held.likely || held.high < held.likely) return { field: fields.likely, text: `${name}: the most likely score must lie between the least and the greatest.` };
      if (!held.rationale?.trim()) return { field: why, text: `${name}: say why, in a sentence.` };
      if (own?.likely !== undefined && own.likely !== held.likely && own.rationale === held.rationale) return { field: why, text: `${name}: your score moved; say why, in a sentence.` };
      return null;
    };
    return { card, wrong };
  }

  /** A field, in its label, that keeps what is typed. */
  field(attributes, value, changed, text) {
    const input = make("input", "", undefined, attributes);
    input.value = value ?? "";
    input.addEventListener("input", () => {
      this.mended(input);
      changed(input.value);
      this.keep();
    });
    labelled("asked-field", text, input);
    return input;
  }

  /** A box to tick that keeps what is ticked. */
  tick(text, ticked, changed) {
    const box = make("input", "", undefined, { type: "checkbox" });
    box.checked = Boolean(ticked);
    box.addEventListener("change", () => {
      changed(box.checked);
      this.keep();
    });
    return make("label", "asked-cannot", [box, make("span", "", text)]);
  }

  // ---- weights --------------------------------------------------------------------------------------------------

  swings({ name, criteria }) {
    const fields = criteria.map(({ id, name: title, steps }) => {
      const input = this.field(FIGURE, this.given.weights[id], (value) => (this.given.weights[id] = numberIn(value)), "Points");
      const notes = steps.map(([scale, worst, best]) => written("p", `${steps.length > 1 ? `${scale}: f` : "F"}rom \u201c${worst}\u201d to \u201c${best}\u201d`, "asked-note"));
      const card = make("fieldset", "asked-cell", [written("legend", title, ""), ...notes, input.parentNode]);
      return { id, title, card, input };
    });
    const none = make("div", "", [this.tick("I cannot weigh these: leave all weights as they are", this.given.unweighed, (ticked) => (this.given.unweighed = ticked))]);
    this.check = () => {
      if (this.given.unweighed) return null;
      for (const { id, title, input } of fields) if (!(this.given.weights[id] >= 0 && this.given.weights[id] <= 100)) return { field: input, text: `${title}: write points from 0 to 100.` };
      if (fields.every(({ id }) => this.given.weights[id] < 100)) return { field: fields[0].input, text: "Give 100 points to the step that you would take first." };
      return null;
    };
    const lead = "Think of all of these at their worst. The step to its best that you would take first is worth 100 points. What is each other step worth beside it?";
    return [swingsOf(name), make("p", "asked-lead", lead), none, ...fields.map(({ card }) => card)];
  }

  // ---- the end --------------------------------------------------------------------------------------------------

  end() {
    this.check = undefined;
    this.saved = make("p", "asked-lead", "", { role: "status" });
    const answers = this.data.scales.flatMap((scale) => [
      written("h3", scale.name, ""),
      ...scale.cells.map(({ option }) => {
        const { cannot, low, likely, high } = this.given.scores[`${option}\n${scale.id}`] ?? {};
        const range = low === undefined ? "" : ` (${low} to ${high})`;
        return written("p", `${this.data.options[option].name}: ${cannot ? "cannot judge" : likely === undefined ? "no answer yet" : `${likely}${range}`}`, "asked-note");
      }),
    ]);
    const points = this.data.groups.flatMap(({ name, criteria }) => [
      written("h3", swingsOf(name), ""),
      ...criteria.map(({ id, name: title }) => written("p", `${title}: ${this.given.unweighed ? "cannot weigh" : this.given.weights[id] ?? "no answer yet"}`, "asked-note")),
    ]);
    return ["Your answers", make("p", "asked-lead", "Save them as a small file, and send it to whoever asked you. It holds your answers, your name or role, the time, and which questions these were."), this.saved, ...answers, ...points];
  }

  save() {
    const { data, given } = this, scores = [];
    for (const scale of data.scales) for (const { option } of scale.cells) {
      const { cannot, low, likely, high, rationale = "" } = given.scores[`${option}\n${scale.id}`];
      scores.push({ option, criterion: scale.id, rationale: rationale.trim(), ...(cannot ? { cannot } : low === undefined ? { likely } : { low, likely, high }) });
    }
    const { format, judge, round } = data, answers = { format, case: data.case, judge, round, at: new Date().toISOString(), scores, weights: given.unweighed ? {} : { ...given.weights } };
    const link = make("a", "", undefined, { href: URL.createObjectURL(new Blob([`${JSON.stringify(answers, null, 1)}\n`], { type: "application/json" })), download: data.file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    say(this.saved, `Saved as ${data.file}. You may go back, change an answer and save again: the later file counts.`);
    const forget = () => {
      keep(this.shelf);
      say(this.saved, "Removed from this browser. The file that you saved is all there is.");
    };
    this.saved.after(make("button", "", "Remove my answers from this browser", { type: "button", click: forget }));
  }
}

const openFile = (data, host) => new Asking(data, host);
