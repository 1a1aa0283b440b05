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
    draw: (value, changed) => [guide.chooser(ids, value, changed)],
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
    title: biggest ? ["If bringing ", guide.named(biggest), " from worst to best is worth 100, what is bringing ", guide.named(id), " from worst to best worth?"] : [guide.named(id)],
    lead: ["0 means no worth at all; 50, half as much. A low and a high are welcome where you are unsure."],
    draw(value, changed) {
      const range = make("input", "awb-range awg-slide", undefined, { type: "range", min: "0", max: "100", step: "1", "data-key": "slide" });
      range.setAttribute("aria-label", `Worth of ${guide.nodes.get(id).name} beside 100`);
      const rail = make("div", "awg-rail");
      rail.append(range);
      const most = guide.box("Most likely", value, "points", () => show());
      const number = most.querySelector("input");
      const show = () => {
        range.value = value.points ?? 50;
        rail.classList.toggle("awg-unset", value.points === null);
        range.setAttribute("aria-valuetext", value.points === null ? "not answered yet" : `${value.points} beside 100`);
        changed();
      };
      range.addEventListener("input", () => {
        value.points = Number(range.value);
        number.value = range.value;
        show();
      });
      const boxes = make("div", "awg-boxes");
      boxes.append(guide.box("At least (if unsure)", value, "low", changed), most, guide.box("At most (if unsure)", value, "high", changed));
      const ticks = make("div", "awg-ticks", undefined, { "aria-hidden": "true" });
      for (const tick of [0, 25, 50, 75, 100]) ticks.append(make("span", "", String(tick)));
      show();
      return [guide.cards(biggest ?? id, id), rail, ticks, boxes];
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
    title: ["How many times as much is bringing ", guide.named(a), " from worst to best worth as bringing ", guide.named(b), "?"],
    lead: ["A check on your answers. Say what you feel; there is no need to work it out."],
    draw(value, changed) {
      const box = guide.box("Times as much", value, "times", changed);
      const quick = make("div", "awg-quick", undefined, { role: "group", "aria-label": "Common answers" });
      for (const times of [1, 1.5, 2, 3, 5, 10]) {
        const button = make("button", "awb-button awg-button", times === 1 ? "the same" : `${times} times`, { type: "button", "data-times": times });
        button.addEventListener("click", () => {
          value.times = times;
          box.querySelector("input").value = times;
          changed();
        });
        quick.append(button);
      }
      const row = make("div", "awg-boxes");
      row.append(quick, box);
      return [guide.cards(a, b), row];
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
  const remark = make("div", "awg-difference");
  remark.append(sentence("p", "", ["You said that ", guide.named(a), ` is worth ${brief(times)} times `, guide.named(b), `. Your points are ${brief(points[a])} and ${brief(points[b])}, which makes it ${points[b] > 0 ? brief(points[a] / points[b]) : "endlessly many"} times.`]));
  const ways = make("ul", "");
  const way = (parts, id) => {
    const line = sentence("li", "", parts);
    line.append(" ", guide.again("Ask me again", id));
    ways.append(line);
  };
  if (points[b] > 0) way([`Your answer would agree at ${brief(points[a] / points[b])} times.`], `ratio:${parent}:${i}`);
  const biggest = guide.state.biggest[parent];
  if (a !== biggest && times * points[b] <= 100) way([guide.named(a), ` would agree at ${brief(times * points[b])} points.`], `points:${a}`);
  if (b !== biggest && points[a] / times <= 100) way([guide.named(b), ` would agree at ${brief(points[a] / times)} points.`], `points:${b}`);
  remark.append(ways);
  return remark;
}
