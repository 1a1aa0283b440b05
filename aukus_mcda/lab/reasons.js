// SPDX-License-Identifier: Apache-2.0
// What is behind a score: how it was judged, why, on what evidence, and how that is graded. For the board and the sheet.

const SOURCES = { A: "completely reliable", B: "usually reliable", C: "fairly reliable", D: "not usually reliable", E: "unreliable", F: "reliability cannot be judged" };
const ITEMS = { 1: "confirmed", 2: "probably true", 3: "possibly true", 4: "doubtful", 5: "improbable", 6: "truth cannot be judged" };
const STATUS = { contradicted: "contradicted by other evidence", overtaken: "overtaken by events", unsupported: "supported by no source we found" };

/** A number as it is written in a case, without noise in its last digits. */
export const figure = (number) => String(Number(Number(number).toPrecision(12)));

/** A score that nobody knows, as the case calls how it is judged. */
export const UNKNOWN = "unknown";

/** A judgement as people say it: the likely score, and its range where there is one; or that it is not known. */
export function judgedAs({ low, likely, high, distribution }, unit = "") {
  if (distribution === UNKNOWN) return `not known (anything from ${figure(low)} to ${figure(high)}; ${figure(likely)} stands in)`;
  const range = low !== high ? ` (${figure(low)} to ${figure(high)})` : "";
  return `${figure(likely)}${range}${unit && !range ? ` ${unit}` : ""}`;
}

/** The value, 0 to 100, of a raw score: along the line through the corners of its scale. */
export function valueOf(scale, raw) {
  const [x, y] = scale.corners;
  let i = 1;
  while (i < x.length - 1 && raw > x[i]) i++;
  return y[i - 1] + ((raw - x[i - 1]) / (x[i] - x[i - 1])) * (y[i] - y[i - 1]);
}

/** Of several judgements of one score the latest, by option and criterion. */
export function inForce(judged) {
  const found = new Map();
  for (const each of judged) {
    const key = cellKey(each.option, each.criterion), before = found.get(key);
    if (!(before && before.as_of > each.as_of)) found.set(key, each);
  }
  return found;
}

export const cellKey = (option, criterion) => JSON.stringify([option, criterion]);

/** What a score on a scale means. */
const meaning = (cls, score, text) => make("p", cls, [make("b", "", score), " ", written("span", text)]);

/** A scale from worst to best, the likely score on it and its range; both ends in words, and the levels between them. */
function scaleLine(node, scale, { low, likely, high }) {
  const at = (raw) => (100 * (raw - scale.worst)) / (scale.best - scale.worst);
  const rail = make("span", "awr-rail", undefined, { "aria-hidden": "true" });
  if ([low, likely, high].every(Number.isFinite)) {
    const from = Math.min(at(low), at(high)), wide = Math.abs(at(high) - at(low));
    rail.append(make("span", "awr-band", undefined, { "--awr-at": `${from}%`, "--awr-wide": `${wide}%` }), make("span", "awr-mark", undefined, { "--awr-at": `${at(likely)}%` }));
  }
  const ends = ["worst", "best"].map((word) => meaning(`awr-end awr-${word}`, figure(scale[word]), node[word] || `the ${word} considered`));
  const levels = (scale.levels ?? []).map(([level, text]) => meaning("awr-level", figure(level), text));
  return make("div", "awr-scale", [rail, ...ends, ...levels], { "--awb-colour": node.colour });
}

/** The items of evidence that a judgement cites, each with its source and grades. */
function evidenceList(reasons, ids) {
  const items = ids.map((id) => reasons.evidence[id]).filter(Boolean).map((item) => {
    const web = /^https?:\/\//.test(item.address);
    const source = make("p", "awr-source", [
      written("span", [item.title, item.publisher, item.published].filter(Boolean).join(", ")), ". ",
      web && make("a", "", "Open the source", { href: item.address, target: "_blank", rel: "noopener noreferrer" }), web && " ",
      !web && item.address && written("span", `${item.address} `),
    ]);
    const grades = make("p", "awr-grade", [
      `Source ${item.reliability}: ${SOURCES[item.reliability] ?? "not graded"}. Item ${item.credibility}: ${ITEMS[item.credibility] ?? "not graded"}.`,
      item.status && item.status !== "stands" && make("b", "", ` It is ${STATUS[item.status]}.`),
    ]);
    return make("li", "", [written("p", item.claim), source, grades]);
  });
  return items.length ? make("ul", "awr-evidence", items, { "aria-label": "Evidence" }) : make("p", "awr-none", "No evidence is cited.");
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** A day as it is read: 30 December 2025. */
export function dayOf(iso) {
  const [year, month, day] = (iso || "").split("-").map(Number);
  return day ? `${day} ${MONTHS[month - 1]} ${year}` : "";
}

/** Who judged, and when. */
const byWhom = ({ judged_by: who, as_of: day }) =>
  who || day ? [who ? "Judged by " : "Judged", ...(who ? [name(who)] : []), day ? ` on ${dayOf(day)}` : "", "."] : ["No judge is recorded."];

/** The board's panel: why an option was scored so on the scales beneath a criterion, or on all; the evidence unfolds. */
function showReasons(panel, data, nodes, option, criterion) {
  const leaves = [...nodes.keys()].filter((id) => data.leaves.includes(id) && (!criterion || branchOf(nodes, id).includes(criterion)));
  const scores = inForce(data.reasons.judged);
  const title = sentence("b", "", ["Why ", name(data.options.find((each) => each.id === option).short), " scores so", ...(criterion ? [" on ", name(nodes.get(criterion).name)] : [])]);
  const close = make("button", "awb-link", "Close", { type: "button", click: () => (panel.hidden = true) });
  const entries = leaves.map((leaf) => {
    const score = scores.get(cellKey(option, leaf)), worth = rounded(valueOf(data.reasons.scales[leaf], score.likely), 0);
    const fold = make("details", "", [make("summary", "", "Evidence and source"), evidenceList(data.reasons, score.evidence)]);
    const line = sentence("p", "", [name(nodes.get(leaf).name), `, ${judgedAs(score)}, worth ${worth} of 100. `, name(score.rationale || "No reason is recorded.")]);
    return make("div", "awr-one", [line, fold], { "--awb-colour": nodes.get(leaf).colour });
  });
  panel.replaceChildren(make("p", "awr-head", [title, close]), ...entries);
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
}
