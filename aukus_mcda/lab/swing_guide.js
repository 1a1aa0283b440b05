// SPDX-License-Identifier: Apache-2.0
// What the guide to swing weights asks: the biggest swing first, the others beside it, then a control question whose answer
// is not given away.

/** The answers as they count; as `replay` has it. */
export function foldAnswers(entries, nodes) {
  const state = { biggest: byId(), points: byId(), ratios: [], once: byId() }; // once: said beside a biggest swing, to be shown if it is chosen again
  const parent = (id) => nodes.get(id)?.parent;
  for (const { kind, ...answer } of entries) {
    if (kind === "biggest") {
      const here = parent(answer.criterion);
      if (state.biggest[here] !== answer.criterion) {
        for (const id of Object.keys(state.points)) if (parent(id) === here) delete state.points[id];
        state.ratios = state.ratios.filter((ratio) => parent(ratio.a) !== here);
      }
      state.biggest[here] = answer.criterion;
      state.points[answer.criterion] = { points: 100 };
    } else if (kind === "points") {
      const given = { points: answer.points, low: answer.low ?? null, high: answer.high ?? null };
      state.points[answer.criterion] = given;
      state.once[`${state.biggest[parent(answer.criterion)]} ${answer.criterion}`] = given;
    } else if (kind === "ratio") {
      state.ratios = state.ratios.filter(({ a, b }) => !(a === answer.a && b === answer.b) && !(a === answer.b && b === answer.a));
      state.ratios.push({ a: answer.a, b: answer.b, times: answer.times });
    }
  }
  return state;
}

/** The pairs a control question is asked about: those asked before, else two that were never compared directly. */
export function controlPairs(ids, state, here) {
  const before = state.ratios.filter(({ a }) => ids.includes(a)).map(({ a, b }) => [a, b]);
  if (before.length) return before;
  const worth = (id) => state.points[id]?.points ?? 0;
  const ranked = ids.filter((id) => worth(id) > 0).sort((a, b) => (b === here) - (a === here) || worth(b) - worth(a));
  if (ranked.length < 2) return [];
  if (ranked.length === 2) return [ranked];
  const pairs = [[ranked[1], ranked.at(-1)]];
  if (ranked.length > 4) pairs.push([ranked[1], ranked[Math.floor(ranked.length / 2)]]);
  return pairs;
}

/** How far a control answer departs from the points, as a factor; as the weights have it. */
export function departure({ a, b, times }, points) {
  if (!(points[a] > 0) || !(points[b] > 0)) return Infinity;
  const one = times * (points[b] / points[a]);
  return Math.max(one, 1 / one);
}

/** The screens of one group of siblings. */
function stepsOf(guide, ids, parent) {
  const { state } = guide;
  const chosen = state.biggest[parent];
  const steps = [{
    id: `biggest:${parent}`, choice: true, answered: Boolean(chosen), value: { chosen: chosen ?? null },
    title: ["Imagine all of these at their worst. Which one would you bring to its best first?"],
    lead: ["Think of the whole step from worst to best, not of how important the subject sounds."],
    draw: (value) => [guide.radios("awg-cards", ids.map((id) => [id, guide.card(id)]), value)],
    read: ({ chosen: id }) => (id ? [{ kind: "biggest", criterion: id }] : "Choose one of them."),
  }];
  const others = chosen ? ids.filter((id) => id !== chosen) : ids.slice(1);
  for (const id of others) steps.push(rating(guide, id, chosen));
  const rated = chosen && others.every((each) => state.points[each]);
  const pairs = rated ? controlPairs(ids, state, chosen) : ids.length > 4 ? [[], []] : [[]]; // not yet known which
  pairs.forEach(([a, b], i) => steps.push(control(guide, a, b, `ratio:${parent}:${i}`)));
  steps.push(agreement(guide, ids, parent));
  return steps;
}

function rating(guide, id, biggest) {
  const given = guide.state.points[id];
  return {
    id: `points:${id}`, answered: Boolean(given), value: { points: null, low: null, high: null, ...(given ?? guide.state.once[`${biggest} ${id}`]) },
    title: biggest ? ["If the step from worst to best on ", guide.named(biggest), " is worth 100, what is that step on ", guide.named(id), " worth?"] : [guide.named(id)],
    lead: ["0 means no worth at all; 50, half as much. A low and a high are welcome where you are unsure."],
    draw(value, changed) {
      const range = make("input", "awb-range awg-slide", undefined, {
        type: "range", min: "0", max: "100", step: "1", "data-key": "slide", "aria-label": `Worth of ${guide.nodes.get(id).name} beside 100`,
      });
      const rail = make("div", "awg-rail", [range]);
      const most = guide.box("Most likely", value, "points", () => show());
      const show = () => {
        range.value = value.points ?? 50;
        rail.classList.toggle("awg-unset", value.points === null);
        range.setAttribute("aria-valuetext", value.points === null ? "not answered yet" : `${value.points} beside 100`);
        changed();
      };
      range.addEventListener("input", () => {
        value.points = Number(range.value);
        most.querySelector("input").value = range.value;
        show();
      });
      const ends = [["At least (if unsure)", "low"], ["At most (if unsure)", "high"]].map(([text, key]) => guide.box(text, value, key, changed));
      const ticks = [0, 25, 50, 75, 100].map((tick) => make("span", "", String(tick)));
      show();
      return [guide.cards(biggest ?? id, id), rail, make("div", "awg-ticks", ticks, { "aria-hidden": "true" }), make("div", "awg-boxes", [ends[0], most, ends[1]])];
    },
    read({ points, low, high }) {
      if (points === null || !Number.isFinite(points)) return "Move the slider or type a number from 0 to 100.";
      if (points < 0 || points > 100) return "This is worth 0 to 100 beside the one you chose. If it is worth more, go back and choose it first.";
      if ([low, high].some((end) => end !== null && !(end >= 0 && end <= 100))) return "The low and the high lie between 0 and 100.";
      if ((low ?? points) > points || (high ?? points) < points) return "The most likely lies between the low and the high.";
      const ends = { ...(low !== null && { low }), ...(high !== null && { high }) };
      return [{ kind: "points", criterion: id, points, ...ends }];
    },
  };
}

function control(guide, a, b, id) {
  const given = guide.state.ratios.find((ratio) => ratio.a === a && ratio.b === b);
  if (!a) return { id, answered: false, title: [""], draw: () => [], read: () => "Answer the questions before this one first." };
  return {
    id, answered: Boolean(given), value: { times: given?.times ?? null },
    title: ["How many times as much is the step from worst to best on ", guide.named(a), " worth as that step on ", guide.named(b), "?"],
    lead: ["A check on your answers. Say what you feel; there is no need to work it out."],
    draw(value, changed) {
      const box = guide.box("Times as much", value, "times", () => press());
      const press = () => {
        for (const each of quick.children) each.setAttribute("aria-pressed", String(Number(each.dataset.times) === value.times));
        changed();
      };
      const choose = (times) => {
        value.times = times;
        box.querySelector("input").value = times;
        press();
      };
      const buttons = [1, 1.5, 2, 3, 5, 10].map((times) =>
        make("button", "awb-button awg-button", manyTimes(times), { type: "button", "data-times": times, click: () => choose(times) }));
      const quick = make("div", "awg-quick", buttons, { role: "group", "aria-label": "Common answers" });
      press();
      return [guide.cards(a, b), make("div", "awg-boxes", [quick, box])];
    },
    read: ({ times }) => (times > 0 && Number.isFinite(times) ? [{ kind: "ratio", a, b, times }] : "Type a number above 0; less than 1 if the second is worth more."),
  };
}

/** What the points and the control answers say of each other, and what would agree. */
function agreement(guide, ids, parent) {
  const { state } = guide;
  const points = Object.fromEntries(ids.map((id) => [id, state.points[id]?.points]));
  const ratios = state.ratios.filter(({ a }) => ids.includes(a));
  const worst = Math.max(1, ...ratios.map((ratio) => departure(ratio, points)));
  const agree = worst <= 1 + 1e-9;
  return {
    id: `check:${parent}`, check: true, answered: true,
    title: [!ratios.length ? "This is what your answers say." : agree ? "Your answers agree with one another." : Number.isFinite(worst) ? `Your answers differ by a factor of ${brief(worst)}.` : "Your answers contradict one another."],
    lead: [agree ? "Shares of the weight within this group, of 100." : "Change what you now think is off, or leave it and go on: the difference is kept with the weights."],
    draw() {
      const total = Object.values(points).reduce((sum, each) => sum + (each ?? 0), 0);
      if (!(total > 0)) return [];
      const shares = guide.shares(Object.fromEntries(ids.map((id) => [id, (points[id] ?? 0) / total])));
      const apart = ratios.filter((ratio) => departure(ratio, points) > 1 + 1e-9);
      return [shares, ...apart.map((ratio) => difference(guide, ratio, points, ratios.indexOf(ratio), parent))];
    },
  };
}

function difference(guide, { a, b, times }, points, i, parent) {
  const said = ["You said that ", guide.named(a), ` is worth ${times === 1 ? "the same as" : manyTimes(times)} `, guide.named(b), `. Your points are ${brief(points[a])} and ${brief(points[b])}, which makes it ${points[b] > 0 ? manyTimes(points[a] / points[b]) : "endlessly many times"}.`];
  const biggest = guide.state.biggest[parent];
  const ways = [
    points[b] > 0 && [[`Your answer would agree ${brief(points[a] / points[b]) === "1" ? "if both were worth the same" : `at ${brief(points[a] / points[b])} times`}. `], `ratio:${parent}:${i}`],
    a !== biggest && times * points[b] <= 100 && [[guide.named(a), ` would agree at ${brief(times * points[b])} points. `], `points:${a}`],
    b !== biggest && points[a] / times <= 100 && [[guide.named(b), ` would agree at ${brief(points[a] / times)} points. `], `points:${b}`],
  ];
  const lines = ways.filter(Boolean).map(([parts, id]) => {
    const line = sentence("li", "", parts);
    line.append(guide.again("Ask me again", (step) => step.id === id, { "data-again": id }));
    return line;
  });
  return make("div", "awg-difference", [sentence("p", "", said), make("ul", "", lines)]);
}

/** Three digits, as many as a judgement bears. */
export const brief = (number) => String(Number(number.toPrecision(3)));

const manyTimes = (number) => (brief(number) === "1" ? "the same" : `${brief(number)} times`);

/**
 * Screens one after the other. A step has id, title (a sentence), lead, value (what is answered so far), answered,
 * choice (the questions after it depend on it), draw(value, changed) and read(value): the answers to log, or a text
 * that says what is missing.
 */
class Guide extends Screens {
  constructor(model, host) {
    super(model, host, "awg", "Questions answered");
    this.asked = [...siblings(this.data.nodes)].filter(([, ids]) => ids.length > 1);
    this.entries = model.get("answers").map((entry) => ({ ...entry }));
    this.drafts = new Map();
    this.adopt();
    this.refold();
    this.goTo(this.firstOpen(), false);
    this.follow(["result", "kept"], () => this.step.finish && this.goTo(this.at, false));
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
    if (this.step.finish) this.steps[this.at] = this.lastStep();
    say(this.messages, "");
    this.show(focus);
  }

  /** What stands on a screen: what was typed there before, else what was answered. */
  valueOf(step) {
    if (!this.drafts.has(step.id)) this.drafts.set(step.id, structuredClone(step.value ?? {}));
    return this.drafts.get(step.id);
  }

  forward() {
    const { step } = this;
    const value = this.valueOf(step);
    if (step.finish) {
      this.tell("finish", value.lock?.trim() ? { lock: value.lock.trim() } : {});
      return this.goTo(this.at);
    }
    if (!step.answered || !same(value, step.value ?? {})) {
      const read = step.read(value);
      if (typeof read === "string") return say(this.messages, read);
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
      this.where.append(written("b", part), place < 0 ? ", summary" : `, question ${place + 1} of ${inPart.length}`);
      if (this.asked.length > 1) this.where.append(`; ${done} of ${questions.length} answered in all`);
    }
    this.progress(done, questions.length);
    this.root.dataset.step = step.id;
    this.root.dataset.answered = done;
    const lead = step.lead ? [sentence("p", "awg-lead", step.lead)] : [];
    this.screen(step.title, [...lead, ...step.draw(this.valueOf(step), () => say(this.messages, ""))], focus);
    this.back.disabled = this.at === 0;
    this.next.textContent = step.finish ? (this.finished ? "Saved" : "Save these weights") : "Next";
    this.heard();
  }

  // ---- the end -------------------------------------------------------------------------------------------------

  /** Whether the weights these answers give are those in force. */
  get finished() {
    return this.ready && Boolean(this.model.get("kept")?.same);
  }

  /** Whether Python has weighed all that was answered. */
  get ready() {
    return this.outbox.pending.every(({ kind }) => kind === "finish") && Boolean(this.model.get("result").weights) && this.firstOpen() === this.steps.length - 1;
  }

  lastStep() {
    if (!this.asked.length) {
      return { id: "finish", finish: true, title: ["No two criteria stand side by side here, so there is nothing to compare."], draw: () => [] };
    }
    const waiting = () => {
      const { why } = this.model.get("result");
      const text = why && !this.outbox.pending.length ? why : "The weights appear here when the kernel has worked them out. Your answers are kept.";
      return [written("p", text, "awg-lead awb-name")];
    };
    return {
      id: "finish", finish: true,
      title: [this.finished ? "Your weights are saved." : "These are the weights your answers give."],
      draw: (value) => this.ready ? [...this.summary(this.model.get("result")), this.locking(value)] : waiting(),
    };
  }

  /** A name under which the weights are locked when they are saved, or who locked them when. */
  locking(value) {
    const { lock, same: agree } = this.model.get("kept") ?? {};
    if (lock && agree) return sentence("p", "awg-lead", [`Locked at ${clock(lock.at)} by `, name(lock.who), ". A change after that is logged as made after it."]);
    return this.textBox("To lock them before you see any total, write your name", value, "lock", "input", { type: "text", autocomplete: "name", maxlength: "60" });
  }

  summary({ weights, low, high, findings }) {
    const range = (id) => (low ? `${tenths(100 * low[id])} to ${tenths(100 * high[id])}` : "");
    const head = make("p", "awg-lead", `The weight of each, of 100 in all${low ? ", and the range that your answers allow" : ""}.`);
    const list = this.shares(weights, Math.max(...Object.values(high ?? weights)), range);
    if (!findings.length) return [head, list];
    const title = "What a reviewer should know";
    const remarks = findings.map((finding) => written("li", finding));
    return [head, list, make("h3", "awg-small", title), make("ul", "awg-findings", remarks, { "aria-label": title })];
  }

  // ---- telling Python, whenever it listens ---------------------------------------------------------------------

  report({ kind, ...answer }) {
    this.entries.push({ kind, ...answer });
    this.tell(kind, answer);
  }

  /** Say what is written down and what is not. */
  heard() {
    const { at, same: agree } = this.model.get("kept") ?? {};
    let status = "Every answer is saved as you give it; you can stop and go on later.";
    if (this.step?.finish && agree) status = `Saved in ${this.data.folder} at ${clock(at)}. Every board and notebook uses these weights.`;
    else if (this.step?.finish && at) status = `My weights are others by now, saved at ${clock(at)}. Saving puts these in their place; Undo on a board brings those back.`;
    say(this.status, this.unsaved(status));
    this.next.disabled = Boolean(this.step?.finish && (!this.ready || this.finished));
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
    if (!node.ends) return this.headed(node, null, [node.question && written("p", node.question, "awg-end awb-name"), this.covered(id)]);
    const ends = ["Worst", "Best"].map((word, k) => make("p", "awg-end", [make("span", "awg-word", word), written("span", node.ends[k])]));
    return this.headed(node, null, ends);
  }

  /** What a criterion covers, from worst to best; its label would take the click for an answer. */
  covered(id) {
    const beneath = [...this.nodes.values()].filter((node) => node.ends && branchOf(this.nodes, node.id).includes(id));
    const names = beneath.flatMap((node, i) => [i ? ", " : "", name(node.name)]);
    const summary = sentence("summary", "awg-note", ["From the worst to the best on all of it: ", ...names], {
      click(event) {
        event.preventDefault();
        all.open = !all.open;
      },
    });
    const spans = beneath.map((node) => sentence("p", "", [name(node.name), `: from \u201c${node.ends[0]}\u201d to \u201c${node.ends[1]}\u201d`], { dir: "auto" }));
    const all = make("details", "awg-covered", [summary, ...spans]);
    return all;
  }

  cards(...ids) {
    return make("div", "awg-cards", ids.map((id) => this.card(id)));
  }

  /** A labelled number box. */
  box(text, value, key, changed) {
    const input = make("input", "awb-number", undefined, {
      type: "number", step: "any", min: "0", inputmode: "decimal", "data-key": key,
      input() {
        value[key] = input.value.trim() === "" ? null : Number(input.value);
        changed();
      },
    });
    input.value = value[key] ?? "";
    return labelled("awg-box", text, input);
  }

  /** Shares as bars, the greatest first, each with its range where there is one. */
  shares(shares, most = Math.max(...Object.values(shares)), range = () => "") {
    const rows = Object.entries(shares).sort((a, b) => b[1] - a[1]).map(([id, share]) => {
      const { name, colour } = this.nodes.get(id);
      const bar = make("span", "awg-share", undefined, { "aria-hidden": "true", "--awb-colour": colour, "--awg-share": share / most });
      return make("li", "", [written("span", name), bar, make("b", "", tenths(100 * share)), make("span", "awg-range", range(id))], { "data-leaf": id });
    });
    return make("ol", "awg-weights", rows);
  }
}

export default widget(Guide);
