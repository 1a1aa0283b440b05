// Pairwise comparisons (AHP) with the consistency ratio worked out here, as each answer is given: a busy kernel is not
// waited for. Python is the truth; tests/test_guides.py holds these figures against pairwise.ahp.

/** Greatest eigenvalue of a positive matrix and its vector, by power iteration on the matrix scaled by its rows' means. */
export function principal(matrix) {
  const logs = matrix.map((row) => row.reduce((sum, each) => sum + Math.log(each), 0) / row.length);
  const most = Math.max(...logs);
  const scale = logs.map((each) => Math.exp(each - most));
  let vector = matrix.map(() => 1), value = 1;
  for (let round = 0; round < 2000; round++) {
    const next = matrix.map((row, i) => row.reduce((sum, each, j) => sum + (each * scale[j] * vector[j]) / scale[i], 0));
    const ratios = next.map((each, i) => each / vector[i]);
    const [least, greatest] = [Math.min(...ratios), Math.max(...ratios)];
    const top = Math.max(...next);
    vector = next.map((each) => each / top);
    value = (least + greatest) / 2;
    if (greatest - least <= 1e-14 * greatest) break;
  }
  const unscaled = vector.map((each, i) => each * scale[i]);
  const total = unscaled.reduce((sum, each) => sum + each, 0);
  return { value, vector: unscaled.map((each) => each / total) };
}

/** Whether the answers link all criteria. */
export function linked(known) {
  const reached = new Set([0]), queue = [0];
  while (queue.length) for (const [j, is] of known[queue.pop()].entries()) if (is && !reached.has(j)) (reached.add(j), queue.push(j));
  return reached.size === known.length;
}

/** The gaps filled so that the greatest eigenvalue is least: there each is the root of (v_j w_i) / (v_i w_j). */
export function filled(given) {
  const matrix = given.map((row) => row.map((each) => each ?? 1));
  const gaps = given.flatMap((row, i) => row.flatMap((each, j) => (each === null && i < j ? [[i, j]] : [])));
  const transposed = () => matrix.map((_, i) => matrix.map((row) => row[i]));
  for (let round = 0; round < 500 && gaps.length; round++) {
    let moved = 0;
    const right = principal(matrix).vector, left = principal(transposed()).vector;
    for (const [i, j] of gaps) {
      const wanted = Math.sqrt((left[j] * right[i]) / (left[i] * right[j]));
      moved = Math.max(moved, Math.abs(Math.log(wanted / matrix[i][j])));
      matrix[i][j] = wanted;
      matrix[j][i] = 1 / wanted;
    }
    if (moved < 1e-10) break;
  }
  return matrix;
}

/** Weights, consistency ratio and what disturbs it, of comparisons {a, b, times} among ids; null while unlinked. */
export function consistencyOf(ids, comparisons, randomIndex) {
  const given = ids.map((_, i) => ids.map((__, j) => (i === j ? 1 : null)));
  for (const { a, b, times } of comparisons) {
    const [i, j] = [ids.indexOf(a), ids.indexOf(b)];
    given[i][j] = times;
    given[j][i] = 1 / times;
  }
  if (!linked(given.map((row) => row.map((each) => each !== null)))) return null;
  const { value, vector } = principal(filled(given));
  const n = ids.length, index = randomIndex[n];
  const ratio = index === undefined ? null : index ? Math.max(value - n, 0) / (n - 1) / index : 0;
  const worst = comparisons
    .map((one) => ({ ...one, fits: vector[ids.indexOf(one.a)] / vector[ids.indexOf(one.b)] }))
    .sort((one, other) => Math.abs(Math.log(other.times / other.fits)) - Math.abs(Math.log(one.times / one.fits)));
  return { ratio, worst, weights: Object.fromEntries(ids.map((id, i) => [id, vector[i]])), gaps: (n * (n - 1)) / 2 - comparisons.length };
}

/** The answers as they count, by pair in either order; as folds.fold_comparisons. */
export function foldComparisons(entries) {
  let pairs = [];
  for (const { kind, a, b, times } of entries) {
    pairs = pairs.filter((one) => !(one.a === a && one.b === b) && !(one.a === b && one.b === a));
    pairs.push({ a, b, times: kind === "comparison" ? times : null });
  }
  return { pairs };
}

const found = (pairs, a, b) => pairs.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a));

/** Steps on the scale, from -8 (a is worth 9 times b) to 8 (b is worth 9 times a). */
const markOf = (answer, a) => {
  if (!answer || answer.times === null) return null;
  const times = answer.a === a ? answer.times : 1 / answer.times;
  return times >= 1 ? 1 - times : 1 / times - 1;
};

const answerOf = (mark, a, b) => (mark <= 0 ? { a, b, times: 1 - mark } : { a: b, b: a, times: 1 + mark });

function stepsOfPairs(guide, ids, parent) {
  const { state } = guide;
  const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b]));
  const steps = pairs.map(([a, b]) => {
    const answer = found(state.pairs, a, b);
    return {
      id: `pair:${a}:${b}`, answered: Boolean(answer), value: { mark: markOf(answer, a), skip: answer?.times === null },
      title: ["Which step from worst to best is worth more to you, and how many times as much?"],
      draw(value, changed) {
        const live = make("div", "awg-consistency", undefined, { role: "status", "data-live": "consistency" });
        const tell = () => {
          changed();
          if (value.mark !== null) value.skip = false;
          const others = guide.state.pairs.filter((one) => one !== found(guide.state.pairs, a, b));
          const now = value.mark === null ? others : [...others, answerOf(value.mark, a, b)];
          tellConsistency(guide, live, ids, now, `pair:${a}:${b}`);
        };
        const marks = Array.from({ length: 17 }, (_, i) => {
          const { a: more, b: less, times } = answerOf(i - 8, a, b);
          return [i - 8, String(times), guide.times(more, less, times)];
        });
        const sides = make("div", "awg-sides", undefined, { "aria-hidden": "true" });
        sides.append(make("span", "", "The left one is worth more"), make("span", "", "the same"), make("span", "", "The right one is worth more"));
        const skip = make("button", "awb-link", "I cannot say", { type: "button", "data-act": "skip" });
        skip.addEventListener("click", () => {
          Object.assign(value, { mark: null, skip: true });
          guide.forward();
        });
        tell();
        return [guide.cards(a, b), guide.scale(marks, value, "mark", tell, sides), skip, live];
      },
      read: ({ mark, skip }) => skip ? [{ kind: "skip", a, b }] : mark === null ? "Choose a number, or say that you cannot." : [{ kind: "comparison", ...answerOf(mark, a, b) }],
    };
  });
  const now = consistencyOf(ids, compared(state.pairs, ids), guide.data.random_index);
  steps.push({
    id: `check:${parent}`, check: true, answered: Boolean(now),
    title: [!now ? "Too many pairs are left open." : now.ratio > guide.data.limit ? "Some of your answers do not fit together." : "This is what your answers say."],
    lead: [now ? "Shares of the weight within this group, of 100." : "Each of these must be linked to the others by at least one answer. Go back and answer one more pair."],
    draw() {
      if (!now) return [];
      const live = make("div", "awg-consistency", undefined, { "data-live": "consistency" });
      tellConsistency(guide, live, ids, state.pairs, "");
      return [guide.shares(now.weights), live];
    },
    read: () => (now ? [] : "Go back and answer one more pair."),
  });
  return steps;
}

const compared = (pairs, ids) => pairs.filter(({ a, times }) => times !== null && ids.includes(a));

/** The consistency ratio in words; above the limit, what disturbs it most and what would fit. */
function tellConsistency(guide, live, ids, pairs, here) {
  const answers = compared(pairs, ids);
  const now = consistencyOf(ids, answers, guide.data.random_index);
  live.hidden = ids.length < 3;
  const high = Boolean(now && now.ratio > guide.data.limit);
  live.classList.toggle("awg-high", high);
  live.dataset.ratio = now?.ratio ?? "";
  const total = (ids.length * (ids.length - 1)) / 2;
  const soFar = answers.length < total ? ` so far, with ${answers.length} of ${total} pairs compared` : "";
  if (!now) live.replaceChildren("The consistency ratio shows here once your answers link all of these.");
  else if (now.ratio === null) live.replaceChildren("There is no consistency ratio for so many criteria.");
  else if (!high) live.replaceChildren(`Consistency ratio ${now.ratio.toFixed(2)}${soFar}. Up to ${guide.data.limit.toFixed(2)}, answers fit together well enough.`);
  else {
    const list = make("ul", "");
    for (const { a, b, times, fits } of now.worst.slice(0, here ? 1 : 3)) {
      const [more, less, said, fit] = times >= 1 ? [a, b, times, fits] : [b, a, 1 / times, 1 / fits];
      const line = guide.misfit(more, less, said, fit);
      const id = guide.steps.find((each) => each.id === `pair:${a}:${b}` || each.id === `pair:${b}:${a}`)?.id;
      if (id && id !== here) line.append(" ", guide.again("Ask me again", id));
      list.append(line);
    }
    live.replaceChildren(`Consistency ratio ${now.ratio.toFixed(2)}${soFar}: above ${guide.data.limit.toFixed(2)}. What disturbs it most:`, list);
  }
}

export default widget({ fold: foldComparisons, steps: stepsOfPairs });
