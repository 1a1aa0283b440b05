// SPDX-License-Identifier: Apache-2.0
// The guide to a value scale: which of two steps is worth more, until the score half way between two others is found; the
// curve beside the questions as it forms. Joined to words.js, page.js, outbox.js, guide.js and reasons.js.

const HALVED = [[50, 0, 100], [25, 0, 50], [75, 50, 100]];

/** The questions so far and the next one, and the scores they give; as `midvalues` has it. */
export function asked(answers, worst, best) {
  const scores = new Map([[0, worst], [100, best]]), steps = [];
  const answered = (from, middle, to) => answers.findLast((each) => each.from === from && each.middle === middle && each.to === to)?.more;
  for (const [value, below, above] of HALVED) {
    if (!scores.has(below) || !scores.has(above)) break;
    const from = scores.get(below), to = scores.get(above);
    let low = from, high = to, more;
    for (let question = 1; question <= 2; question++) {
      const middle = (low + high) / 2;
      more = answered(from, middle, to);
      steps.push({ value, question, from, middle, to, more, low, high });
      if (more === "same") low = high = middle;
      else if (more === "first") high = middle;
      else if (more === "second") low = middle;
      if (!more || more === "same") break;
    }
    if (more) scores.set(value, (low + high) / 2);
  }
  if (HALVED.every(([value]) => scores.has(value))) {
    const [from, middle, to] = [25, 50, 75].map((value) => scores.get(value));
    steps.push({ check: true, from, middle, to, more: answered(from, middle, to) });
    if (steps.at(-1).more) steps.push({ finish: true });
  }
  return { steps, scores };
}

class Scale extends Screens {
  constructor(model, host) {
    super(model, host, "awv", "Points found");
    [this.node] = this.data.nodes;
    this.ends = this.data.scale;
    this.root.style.setProperty("--awb-colour", this.node.colour);
    this.picture = make("figure", "awv-picture");
    this.form.prepend(make("div", "awv-body", [this.body, this.picture]));
    if (this.outbox.adopt()) this.outbox.send();
    const last = this.outbox.pending.at(-1);
    this.finished = last?.kind === "finish";
    this.words = { reason: "", judged_by: "", ...(this.finished && last.answer) };
    this.goTo(this.steps.findIndex((step) => step.finish || !step.more), false);
    this.follow(["result"]);
  }

  heard() {
    this.show(false);
  }

  get answers() {
    return [...this.model.get("answers"), ...this.outbox.pending.filter(({ kind }) => kind === "midvalue").map(({ answer }) => answer)];
  }

  get steps() {
    return asked(this.answers, this.ends.worst, this.ends.best).steps;
  }

  goTo(at, focus = true) {
    this.at = Math.max(0, Math.min(at, this.steps.length - 1));
    this.value = { chosen: this.steps[this.at].more ?? null };
    say(this.messages, "");
    this.show(true, focus);
  }

  forward() {
    const step = this.steps[this.at], { chosen } = this.value;
    if (step.finish) return this.finish();
    if (!chosen) return say(this.messages, "Choose one of the three.");
    if (chosen !== step.more) {
      this.finished = false;
      this.tell("midvalue", { from: step.from, middle: step.middle, to: step.to, more: chosen });
    }
    this.goTo(this.at + 1);
  }

  /** Saved is what Python has written down, not what was sent. */
  get saved() {
    return this.finished && !this.outbox.pending.length && !this.model.get("fault");
  }

  finish() {
    if (!this.words.reason.trim()) return say(this.messages, "Say in a sentence why the scale bends so, or why it does not.");
    if (!this.words.judged_by.trim()) return say(this.messages, "Give your name: whoever reads the scale must know who judged it.");
    say(this.messages, "");
    this.finished = true;
    this.tell("finish", { ...this.words });
    this.show(true, true);
  }

  // ---- screens -------------------------------------------------------------------------------------------------

  /** `anew`: draw the screen again; without it only what Python says has changed. */
  show(anew, focus = false) {
    const { steps, scores } = asked(this.answers, this.ends.worst, this.ends.best), step = steps[this.at];
    if (anew || step.finish) {
      focus ||= this.body.firstChild && document.activeElement === this.body.firstChild; // the heading is drawn anew too
      const typing = this.body.contains(document.activeElement) && document.activeElement.dataset.key, at = typing && document.activeElement.selectionStart;
      const [title, ...pieces] = step.finish ? this.lastScreen(scores) : this.question(step);
      this.screen(title, pieces, focus);
      const box = typing && this.body.querySelector(`[data-key=${typing}]`);
      if (box) {
        box.focus(); // what Python says comes while somebody types: the hand stays where it was
        box.setSelectionRange(at, at);
      }
    }
    const found = scores.size - 2;
    tell(this.where, [name(this.node.name), step.finish ? ", the scale" : step.check ? ", a check" : `, the score worth ${step.value}, question ${step.question} of 2`]);
    this.progress(found, HALVED.length);
    this.draw(step, scores);
    this.root.dataset.step = step.finish ? "finish" : step.check ? "check" : `${step.value}:${step.question}`;
    this.root.dataset.found = found;
    this.back.disabled = this.at === 0;
    this.next.textContent = step.finish ? (this.saved ? "Save again" : "Save this scale") : "Next";
    this.next.disabled = Boolean(step.finish && !this.model.get("result").line);
    let status = "Every answer is saved as you give it; you can stop and go on later.";
    if (this.finished) status = this.saved ? `Saved in ${this.data.folder}/shapes.csv. The case's own files stay as they are.` : "Saving ...";
    say(this.status, this.unsaved(status));
  }

  question(step) {
    const { unit } = this.ends;
    const lead = make("p", "awg-lead", step.check ? "Your answers say that both are worth the same. A check: what do you feel?" : "Think of what each step would change, not of the numbers.");
    const choices = [["first", `From ${figure(step.from)} to ${figure(step.middle)}`], ["second", `From ${figure(step.middle)} to ${figure(step.to)}`], ["same", "Both about the same"]];
    const ends = ["worst", "best"].map((word) => meaning("awg-means", figure(this.ends[word]), this.node[word] || `the ${word} considered`));
    const about = make("div", "awv-ends", [unit && written("p", `In ${unit}.`, "awg-note awb-name"), ...ends]);
    return [["On ", name(this.node.name), ", which step is worth more?"], lead, this.radios("awv-choices", choices, this.value), about];
  }

  lastScreen(scores) {
    const { line, leads, shape } = this.model.get("result"), parts = [[this.saved ? "Your scale is saved." : "This is the scale your answers give."]];
    const check = this.steps.find((step) => step.check), half = [25, 50, 75].map((value) => `${figure(scores.get(value))} is worth ${value}`);
    parts.push(make("p", "awg-lead", shape === "" ? "A straight line: each step is worth as much as any other of its length." : `${half.join(", ")}. Between these points the line is straight.`));
    if (check.more !== "same") {
      const [more, less] = check.more === "first" ? [[check.from, check.middle], [check.middle, check.to]] : [[check.middle, check.to], [check.from, check.middle]];
      const ways = [[50, "half"], [25, "lower quarter"], [75, "upper quarter"]].flatMap(([value, part]) => [this.again(`Ask me the ${part} again`, (step) => step.value === value), " "]);
      const text = `You find the step from ${more.map(figure).join(" to ")} worth more than that from ${less.map(figure).join(" to ")}. By your other answers both are worth 25. Change what you now think is off, or leave it and go on.`;
      parts.push(make("div", "awg-difference", [make("p", "", text), make("p", "", ways)]));
    }
    if (leads) parts.push(written("p", `With this scale ${leads}`, "awv-leads awb-name"));
    parts.push(
      this.textBox("Why does it bend so?", this.words, "reason", "textarea", { rows: "2" }),
      this.textBox("Your name", this.words, "judged_by", "input", { type: "text", autocomplete: "name" }),
      line
        ? make("details", "awv-line", [make("summary", "", "The line for criteria.csv"), make("code", "awb-name", line)])
        : make("p", "awg-note", "The line for criteria.csv appears when the kernel has worked it out. Your answers are kept."),
    );
    return parts;
  }

  /** The value of each score as far as it is known; the two steps asked about; where the point asked for can still lie. */
  draw(step, scores) {
    const [wide, high, left, low] = [420, 300, 36, 30], { worst, best } = this.ends;
    const x = (score) => left + ((wide - left - 14) * (score - worst)) / (best - worst), y = (value) => high - low - ((high - low - 14) * value) / 100;
    const points = [...scores].sort((a, b) => a[0] - b[0]);
    const svg = drawn("svg", { role: "img", "aria-label": `Value from 0 to 100 by score. ${points.map(([value, score]) => `${figure(score)} is worth ${value}`).join(", ")}.` });
    for (const value of [0, 25, 50, 75, 100]) {
      svg.append(drawn("line", { x1: left, x2: wide - 14, y1: y(value), y2: y(value), class: "awv-grid" }));
      svg.append(drawn("text", { x: left - 7, y: y(value) + 4, "text-anchor": "end" }, String(value)));
    }
    if (!step.finish) {
      for (const [cls, from, to] of [["awv-one", step.from, step.middle], ["awv-two", step.middle, step.to]]) svg.append(drawn("rect", { x: Math.min(x(from), x(to)) + 1, width: Math.abs(x(to) - x(from)) - 2, y: y(0) - 7, height: 14, rx: 3, class: cls }));
      if (!step.check) svg.append(drawn("line", { x1: x(step.low), x2: x(step.high), y1: y(step.value), y2: y(step.value), class: "awv-room" }));
    }
    svg.append(drawn("polyline", { points: points.map(([value, score]) => `${x(score)},${y(value)}`).join(" "), class: points.length === 5 ? "awv-curve" : "awv-curve awv-forming" }));
    for (const [value, score] of points) svg.append(drawn("circle", { cx: x(score), cy: y(value), r: 4.5, class: "awv-point" }));
    const marks = new Set([worst, best, ...(step.finish ? [...scores.values()] : [step.from, step.middle, step.to])]);
    const rows = []; // how far each row of figures reaches; what would run into another stands below it
    for (const score of [...marks].sort((a, b) => x(a) - x(b))) {
      const anchor = score === worst ? "start" : score === best ? "end" : "middle", text = figure(score), long = 7.5 * text.length;
      const from = x(score) - long * { start: 0, middle: 0.5, end: 1 }[anchor], row = [...rows, -Infinity].findIndex((reach) => reach < from);
      rows[row] = from + long;
      svg.append(drawn("text", { x: x(score), y: high - 6 + 14 * row, "text-anchor": anchor }, text));
    }
    svg.setAttribute("viewBox", `0 0 ${wide} ${high + 14 * (rows.length - 1)}`);
    const words = make("figcaption", "awg-note", "What a score is worth, from 0 at its worst to 100 at its best");
    this.picture.replaceChildren(svg, words);
  }
}

export default widget(Scale);
