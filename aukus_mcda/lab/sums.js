// SPDX-License-Identifier: Apache-2.0
// What the board computes, as plain functions without a page: shares, scores, who leads how often, the nearest flip.
// Python is the truth for every one of them; tests/lab/test_board.py holds them against it.

/** Scores closer than this, in value points, are equal; as in the ranking. */
export const TIE = 1e-9;

/** Each node's share among its siblings, from swing points; as the weights have it. */
export function sharesOf(points, groups) {
  const shares = byId();
  for (const ids of groups.values()) {
    let most = 0, total = 0;
    for (const id of ids) most = Math.max(most, points[id]);
    for (const id of ids) total += most > 0 ? points[id] / most : 1;
    for (const id of ids) shares[id] = (most > 0 ? points[id] / most : 1) / total;
  }
  return shares;
}

/** Each node's share of all weight: the product of the shares down its branch. */
export function weightsOf(shares, nodes) {
  const parents = new Map(nodes.map((node) => [node.id, node.parent]));
  const found = byId();
  const down = (id) => (id === "" ? 1 : (found[id] ??= down(parents.get(id)) * shares[id]));
  for (const node of nodes) down(node.id);
  return found;
}

/** Swing points, 100 for the biggest, of siblings with these shares. Twelve digits: what follows is noise. */
export function pointsOf(shares) {
  const most = Math.max(...Object.values(shares));
  return Object.fromEntries(Object.entries(shares).map(([id, share]) => [id, Number(((100 * share) / most).toPrecision(12))]));
}

/** Weighted sums of rows of values; `weights` in the order of the columns. */
export const scoresOf = (values, weights) => values.map((row) => row.reduce((total, value, j) => total + value * weights[j], 0));

/** Positions best first; within a tie, counted from its best, in the order given. Also each one's rank. */
export function orderOf(scores) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  const ranks = new Array(scores.length);
  let rank = 0, top = Infinity;
  order.forEach((i, place) => {
    if (top - scores[i] > TIE) [rank, top] = [place + 1, scores[i]];
    ranks[i] = rank;
  });
  order.sort((a, b) => ranks[a] - ranks[b] || a - b);
  return { order, ranks };
}

/** Draws from 16-bit steps: of values by option, leaf and draw, and of the swing points of each profile by node. */
export function decodeDraws(view, data) {
  const steps = stepsIn(view);
  const { draws: count, values: likely } = data, options = likely.length, leaves = data.leaves.length;
  const values = new Float64Array(options * leaves * count);
  let at = 0;
  const decode = (row, low, step) => {
    for (let n = 0; n < count; n++, at++) row[n] = low + step * steps[at];
    return row;
  };
  for (let i = 0; i < options; i++)
    for (let j = 0; j < leaves; j++) {
      const row = values.subarray((i * leaves + j) * count, (i * leaves + j + 1) * count);
      if (data.uncertain) decode(row, data.low[i][j], data.step[i][j]);
      else row.fill(likely[i][j]);
    }
  const judged = decodePoints(steps.subarray(at), data.judged, count);
  const room = () => new Float64Array(count);
  const weights = new Map(data.nodes.map(({ id }) => [id, room()]));
  return { values, count, options, judged, weights, total: room(), best: room(), scores: new Float64Array(options * count) };
}

/** Draws of the swing points of sets of weights, from their steps: Map from a set's id to its points and rows by node. */
export function decodePoints(steps, judged, count) {
  let next = 0;
  const row = (low, step, back) => {
    const at = (back ? next - back : next++) * count;
    return Float64Array.from(steps.subarray(at, at + count), (each) => low + step * each);
  };
  return new Map(judged.map(({ id, points, nodes, low, step, back }) =>
    [id, { points, rows: new Map(nodes.map((node, i) => [node, row(low[i], step[i], back[i])])) }]));
}

/** Bytes from Python as 16-bit steps. */
export const stepsIn = (view) => new Uint16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** The nodes whose points vary as they were judged: those that stand where the profile has them. */
export function standing(points, judged) {
  return judged ? [...judged.rows.keys()].filter((id) => points[id] === judged.points[id]) : [];
}

/** Draws of each leaf's weight, the points of `varying` nodes as judged; as the weights draw them. */
export function drawnWeights(data, groups, points, varying, drawn, judged) {
  const { count, weights, total } = drawn, varies = new Set(varying);
  const down = (parent, above) => {
    const ids = groups.get(parent) ?? [];
    total.fill(0);
    for (const id of ids) {
      const row = weights.get(id);
      if (varies.has(id)) row.set(judged.rows.get(id));
      else row.fill(points[id]);
      for (let n = 0; n < count; n++) total[n] += row[n];
    }
    for (const id of ids) {
      const row = weights.get(id);
      for (let n = 0; n < count; n++) row[n] = (total[n] > 0 ? row[n] / total[n] : 1 / ids.length) * (above ? above[n] : 1);
    }
    for (const id of ids) down(id, weights.get(id));
  };
  down("", null);
  return data.leaves.map((leaf) => weights.get(leaf));
}

/**
 * The share of draws in which each option leads; a shared lead counts by its share. Empty without draws.
 * A weight is a number, or an array with one for each draw.
 */
export function leadShares(drawn, weights) {
  const { values, count, options, scores, best } = drawn;
  const leads = new Array(options).fill(0);
  if (!count) return [];
  scores.fill(0);
  best.fill(-Infinity);
  const leaves = weights.length;
  for (let i = 0; i < options; i++) {
    const sum = scores.subarray(i * count, (i + 1) * count);
    for (let j = 0; j < leaves; j++) {
      const weight = weights[j];
      if (weight === 0) continue;
      const column = values.subarray((i * leaves + j) * count, (i * leaves + j + 1) * count);
      if (typeof weight === "number") for (let n = 0; n < count; n++) sum[n] += weight * column[n];
      else for (let n = 0; n < count; n++) sum[n] += weight[n] * column[n];
    }
    for (let n = 0; n < count; n++) if (sum[n] > best[n]) best[n] = sum[n];
  }
  const ahead = [];
  for (let n = 0; n < count; n++) {
    ahead.length = 0;
    for (let i = 0; i < options; i++) if (scores[i * count + n] >= best[n] - TIE) ahead.push(i);
    for (const i of ahead) leads[i] += 1 / ahead.length;
  }
  return leads.map((times) => times / count);
}

/** Between which scores 90 % of the draws lie, option by option: of the scores that `leadShares` worked out last. */
export function intervalsOf({ scores, count, options }) {
  const at = (sorted, share) => {
    const place = share * (count - 1), below = Math.floor(place), above = Math.min(below + 1, count - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return Array.from({ length: options }, (_, i) => {
    const sorted = scores.slice(i * count, (i + 1) * count).sort();
    return [at(sorted, 0.05), at(sorted, 0.95)];
  });
}

/** How far a node's share can go: what locked siblings leave, and who is free to take the rest. */
export function room(shares, ids, id, locked) {
  let held = 0;
  for (const each of ids) if (each !== id && locked.has(each)) held += shares[each];
  const free = ids.filter((each) => each !== id && !locked.has(each));
  return { most: Math.max(0, 1 - held), free, moves: free.length > 0 && !locked.has(id) };
}

/**
 * Siblings' shares after one is set: locked ones stay, the others keep the proportions they have in `kept`.
 * `kept` is a snapshot from before a drag began, so that going to 100 and back loses nothing.
 */
export function moveShare(shares, ids, id, target, locked, kept = shares) {
  const { most, free, moves } = room(shares, ids, id, locked);
  if (!moves) return null;
  const to = Math.min(Math.max(target, 0), most);
  let total = 0;
  for (const each of free) total += kept[each];
  const moved = byId();
  for (const each of ids) moved[each] = shares[each];
  moved[id] = to;
  for (const each of free) moved[each] = (most - to) * (total > 0 ? kept[each] / total : 1 / free.length);
  return moved;
}

/** Each node's value per option, as if it had all the weight: Map from id to an array. */
export function nodeValues(data, groups, shares) {
  const found = new Map();
  const value = (id) => {
    if (found.has(id)) return found.get(id);
    const column = data.leaves.indexOf(id);
    const mixed = (i) => groups.get(id).reduce((total, child) => total + shares[child] * value(child)[i], 0);
    const row = column >= 0 ? data.values.map((each) => each[column]) : data.options.map((_, i) => mixed(i));
    found.set(id, row);
    return row;
  };
  for (const node of data.nodes) value(node.id);
  return found;
}

/**
 * How far each node's share among its siblings can move before the leader changes, and who leads beyond.
 * Unlocked siblings keep their proportions, so every score is a straight line and the crossing is exact.
 * For the top of the tree without locks this is sensitivity.break_points.
 */
export function flipsOf(data, groups, shares, weights, locked, scores) {
  const top = Math.max(...scores);
  const leader = scores.findIndex((score) => score >= top - TIE);
  const values = nodeValues(data, groups, shares);
  const flips = byId();
  if (scores.some((score, i) => i !== leader && score >= top - TIE)) return flips; // any change may settle a tie
  for (const [parent, ids] of groups) {
    const whole = parent === "" ? 1 : weights[parent];
    for (const id of ids) {
      const { most, free, moves } = room(shares, ids, id, locked);
      if (!moves || !(whole > 0)) continue;
      let total = 0;
      for (const each of free) total += shares[each];
      if (!(total > 0) && free.length > 1) continue; // no proportions to keep
      const now = shares[id];
      const found = { now, most, low: 0, high: most, below: -1, above: -1 };
      for (let i = 0; i < scores.length; i++) {
        if (i === leader) continue;
        // What moving one unit of share from the others to this node does to the leader's margin over i.
        let others = 0;
        for (const each of free) {
          const part = total > 0 ? shares[each] / total : 1;
          others += part * (values.get(each)[leader] - values.get(each)[i]);
        }
        const slope = whole * (values.get(id)[leader] - values.get(id)[i] - others);
        const margin = scores[leader] - scores[i];
        if (margin + slope * (most - now) < -TIE && now - margin / slope < found.high)
          [found.high, found.above] = [now - margin / slope, i];
        if (margin - slope * now < -TIE && now - margin / slope > found.low)
          [found.low, found.below] = [now - margin / slope, i];
      }
      flips[id] = found;
    }
  }
  return flips;
}

/** The flip nearest on its own slider, how far one judgement must change: node, from, to, who would lead; or null. */
export function nearestFlip(flips) {
  let nearest = null;
  for (const [id, { now, most, low, below, high, above }] of Object.entries(flips)) {
    for (const [to, challenger] of [[low, below], [high, above]]) {
      const moved = Math.abs(to - now);
      if (challenger >= 0 && !(moved >= nearest?.moved)) nearest = { id, from: now, to, most, challenger, moved };
    }
  }
  return nearest;
}

/** Everything the board shows under some swing points; those of `profile` that were not changed vary as judged. */
export function compute(data, groups, points, locked, drawn, profile) {
  const shares = sharesOf(points, groups);
  const weights = weightsOf(shares, data.nodes);
  const row = data.leaves.map((leaf) => weights[leaf]);
  const scores = scoresOf(data.values, row);
  const flips = flipsOf(data, groups, shares, weights, locked, scores);
  const judged = drawn.judged.get(profile), varying = standing(points, judged);
  let drawnNow;
  const draw = () => {
    if (!data.uncertain && !varying.length) return { leads: [], intervals: [] };
    const leads = leadShares(drawn, varying.length ? drawnWeights(data, groups, points, varying, drawn, judged) : row);
    return { leads, intervals: intervalsOf(drawn) };
  };
  return {
    shares, weights, row, scores, ...orderOf(scores), flips,
    /** The dearest part by far: only when it is asked for, which is after the ranking is painted. */
    get leads() {
      return (drawnNow ??= draw()).leads;
    },
    get intervals() {
      return (drawnNow ??= draw()).intervals;
    },
    varying: varying.length > 0,
    settled: judged !== undefined && varying.length < judged.rows.size,
    nearest: nearestFlip(flips),
  };
}

/** What each top criterion adds to each option's score: rows by option, in the order of `roots`. */
export function contributionsOf(data, roots, rootOf, row) {
  return data.values.map((values) => {
    const parts = new Array(roots.length).fill(0);
    for (let j = 0; j < values.length; j++) parts[rootOf[j]] += values[j] * row[j];
    return parts;
  });
}
