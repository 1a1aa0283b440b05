// The best-worst method. Its input-based consistency ratio needs no weights and is worked out here, live; the weights
// are a linear program's, and Python's.

/** The answers as they count; as folds.fold_best_worst. */
export function foldBestWorst(entries, nodes) {
  const state = { best: byId(), worst: byId(), toOthers: byId(), toWorst: byId(), once: byId() }; // once: said beside a best or worst, to be shown if it is chosen again
  const parent = (id) => nodes.get(id)?.parent;
  for (const { kind, criterion, times } of entries) {
    if (kind === "best_to_other") state.once[`${state.best[parent(criterion)]} ${criterion}`] = state.toOthers[criterion] = times;
    else if (kind === "other_to_worst") state.once[`${criterion} ${state.worst[parent(criterion)]}`] = state.toWorst[criterion] = times;
    else if (state[kind][parent(criterion)] !== criterion) {
      const judged = kind === "best" ? state.toOthers : state.toWorst;
      for (const id of Object.keys(judged)) if (parent(id) === parent(criterion)) delete judged[id];
      state[kind][parent(criterion)] = criterion;
    }
  }
  return state;
}

/** CR^I of the answers given so far, its threshold, and what disturbs it most; as best_worst.bwm. */
export function inputRatio(ids, best, worst, toOthers, toWorst, thresholds) {
  const whole = toOthers[worst];
  if (!best || !worst || best === worst || whole === undefined) return null;
  const gaps = ids
    .filter((id) => id !== best && id !== worst && toOthers[id] !== undefined && toWorst[id] !== undefined)
    .map((id) => ({ id, gap: whole > 1 ? Math.abs(toOthers[id] * toWorst[id] - whole) / (whole ** 2 - whole) : 0 }))
    .sort((a, b) => b.gap - a.gap);
  return { ratio: gaps[0]?.gap ?? 0, most: gaps[0]?.id, whole, judged: gaps.length, threshold: thresholds[ids.length]?.[whole] ?? null };
}

function stepsOfBestWorst(guide, ids, parent) {
  const { state } = guide;
  const best = state.best[parent];
  const worst = state.worst[parent] === best ? undefined : state.worst[parent];
  const pair = ids.length === 2;
  const steps = [{
    id: `best:${parent}`, choice: true, answered: Boolean(best), value: { chosen: best ?? null },
    title: ["Imagine all of these at their worst. Which one would you bring to its best first?"],
    lead: ["Think of the whole step from worst to best, not of how important the subject sounds."],
    draw: (value, changed) => [guide.chooser(ids, value, changed)],
    read({ chosen }) {
      if (!chosen) return "Choose one of them.";
      const first = { kind: "best", criterion: chosen };
      return pair ? [first, { kind: "worst", criterion: ids.find((id) => id !== chosen) }] : [first];
    },
  }];
  if (!pair) {
    steps.push({
      id: `worst:${parent}`, choice: true, answered: Boolean(worst), value: { chosen: worst ?? null },
      title: ["And which one would you leave at its worst the longest?"],
      lead: ["The one whose step from worst to best is worth least to you."],
      draw: (value, changed) => [guide.chooser(ids.filter((id) => id !== best), value, changed)],
      read: ({ chosen }) => (chosen && chosen !== best ? [{ kind: "worst", criterion: chosen }] : "Choose one of them."),
    });
  }
  for (const id of ids.filter((each) => each !== (best ?? ids[0]))) steps.push(comparison(guide, ids, parent, "best_to_other", best, id));
  const rest = best && worst ? ids.filter((id) => id !== best && id !== worst) : ids.slice(2);
  for (const id of rest) steps.push(comparison(guide, ids, parent, "other_to_worst", id, worst));
  steps.push({
    id: `check:${parent}`, check: true, answered: true,
    title: [pair ? "That is all about these two." : "This is how well your answers fit together."],
    draw() {
      const live = make("div", "awg-consistency", undefined, { "data-live": "consistency" });
      tellRatio(guide, live, ids, parent, state.toOthers, state.toWorst, "");
      return [live];
    },
  });
  return steps;
}

/** One comparison: the best with another, or another with the worst. */
function comparison(guide, ids, parent, kind, more, less) {
  const [side, judged] = kind === "best_to_other" ? ["toOthers", less] : ["toWorst", more];
  const given = guide.state[side][judged];
  const id = `${kind}:${judged}`;
  if (!more || !less) return { id, answered: false, title: [""], draw: () => [], read: () => "Answer the questions before this one first." };
  return {
    id, answered: given !== undefined, value: { times: given ?? guide.state.once[`${more} ${less}`] ?? null },
    title: ["How many times as much is bringing ", guide.named(more), " from worst to best worth as bringing ", guide.named(less), "?"],
    draw(value, changed) {
      const live = make("div", "awg-consistency", undefined, { role: "status", "data-live": "consistency" });
      const tell = () => {
        changed();
        const sides = { toOthers: guide.state.toOthers, toWorst: guide.state.toWorst };
        if (value.times !== null) sides[side] = Object.assign(byId(), sides[side], { [judged]: value.times });
        tellRatio(guide, live, ids, parent, sides.toOthers, sides.toWorst, id);
      };
      const marks = MORE.map((_, i) => [i + 1, String(i + 1), guide.times(more, less, i + 1)]);
      const ends = make("div", "awg-sides", undefined, { "aria-hidden": "true" });
      ends.append(make("span", "", "the same"), make("span", "", "9 times as much"));
      tell();
      return [guide.cards(more, less), guide.scale(marks, value, "times", tell, ends), live];
    },
    read: ({ times }) => (times === null ? "Choose a number from 1 to 9." : [{ kind, criterion: judged, times }]),
  };
}

/** The input-based consistency ratio in words. */
function tellRatio(guide, live, ids, parent, toOthers, toWorst, here) {
  const [best, worst] = [guide.state.best[parent], guide.state.worst[parent]];
  const now = inputRatio(ids, best, worst, toOthers, toWorst, guide.data.thresholds);
  live.hidden = ids.length < 3;
  const high = Boolean(now && now.threshold !== null && now.ratio > now.threshold);
  live.classList.toggle("awg-high", high);
  live.dataset.ratio = now?.judged ? now.ratio : "";
  if (!now?.judged) live.replaceChildren("How well your answers fit together shows here as soon as two of them can be compared.");
  else if (!high) {
    const bound = now.threshold === null ? "No limit has been published for such answers." : `Up to ${brief(now.threshold)}, answers fit together well enough.`;
    live.replaceChildren(`Consistency ratio ${now.ratio.toFixed(2)}. ${bound}`);
  } else {
    const { most, whole } = now;
    const list = make("ul", "");
    const ways = [
      [`best_to_other:${most}`, best, most, toOthers[most], whole / toWorst[most]],
      [`other_to_worst:${most}`, most, worst, toWorst[most], whole / toOthers[most]],
    ];
    for (const [id, more, less, times, fits] of ways) {
      const line = guide.misfit(more, less, times, fits);
      if (id !== here) line.append(" ", guide.again("Ask me again", id));
      list.append(line);
    }
    live.replaceChildren(`Consistency ratio ${now.ratio.toFixed(2)}: above ${brief(now.threshold)}. These two answers should multiply to about ${brief(whole)}, what you said of the best and the worst:`, list);
  }
}

export default widget({ fold: foldBestWorst, steps: stepsOfBestWorst });
