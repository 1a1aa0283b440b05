// SPDX-License-Identifier: Apache-2.0
// The board's sentences. A sentence is a list of texts and names; names are shown as text in their own direction.

/** A name in a sentence, set apart so that its direction and length cannot disturb the words around it. */
export const name = (text) => ({ name: text });

/** A number with some decimals, as Python writes it: one that lies just between two goes to the even one. */
export function rounded(number, decimals) {
  const exact = number.toFixed(20), text = number.toFixed(decimals);
  const between = /^50*$/.test(exact.slice(exact.indexOf(".") + 1 + decimals));
  return between && Number(text.at(-1)) % 2 ? (Number(text) - Math.sign(number) * 10 ** -decimals).toFixed(decimals) : text;
}

export const tenths = (number) => rounded(number, 1);

/** A share as people say it: whole numbers of 100, one decimal where it matters. */
export function hundredths(share) {
  const text = tenths(100 * share);
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

/** A flip's far side in tenths, rounded away from now: setting this number does change the leader. */
export function beyond(from, to) {
  const tenths = 1000 * to;
  return (to > from ? Math.floor(tenths + 1e-6) + 1 : Math.ceil(tenths - 1e-6) - 1) / 1000;
}

export const percent = (share) => (share > 0 && share < 0.005 ? "<1" : share > 0.995 && share < 1 ? ">99" : rounded(100 * share, 0));

const points = (number) =>
  number < 0.05 ? "less than 0.1 points" : `${tenths(number)} point${tenths(number) === "1.0" ? "" : "s"}`;

const list = (names) => names.flatMap((each, i) => [i === 0 ? "" : i < names.length - 1 ? ", " : " and ", name(each)]);

/** A moment as a clock here shows it; with its day where that is not today. */
export function clock(iso) {
  const at = new Date(iso), time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  return at.toDateString() === new Date().toDateString() ? time : `${time} on ${at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })}`;
}

/** Who ranks first, and by how much. */
export function answer(data, found) {
  const first = found.order.filter((i) => found.ranks[i] === 1);
  const second = found.order.find((i) => found.ranks[i] > 1);
  const shorts = first.map((i) => data.options[i].short);
  const score = tenths(found.scores[first[0]]);
  if (first.length > 1) return [...list(shorts), ` rank first together with ${score} of 100.`];
  if (second === undefined) return [name(shorts[0]), ` is the only option that is ranked; it scores ${score} of 100.`];
  const gap = found.scores[first[0]] - found.scores[second];
  const unlike = tenths(gap) !== tenths(score - tenths(found.scores[second])); // than the scores shown beside it
  return [name(shorts[0]), ` ranks first with ${score} of 100, ${points(gap)}${unlike ? " (unrounded)" : ""} ahead of `, name(data.options[second].short), "."];
}

/** How often the leader leads, in draws of what is uncertain: scores, and swing points that stand as judged. */
export function often(data, found) {
  if (!found.leads.length) return ["No score has a judged range, nor has a weight as it stands, so how often each option leads cannot be said."];
  const first = found.order[0];
  const most = found.leads.indexOf(Math.max(...found.leads));
  const what = [...(data.uncertain ? ["scores"] : []), ...(found.varying ? ["swing points"] : [])].join(" and ");
  const drawn = `${data.draws.toLocaleString("en")} trials of the uncertain ${what}`;
  const who = found.ranks.filter((rank) => rank === 1).length > 1 ? "the first named" : "it";
  const opening = found.varying ? who[0].toUpperCase() + who.slice(1) : `Under these weights ${who}`;
  const end = found.varying && found.settled ? ". Changed weights are taken as certain." : ".";
  const opened = [`${opening} leads in `, `${percent(found.leads[first])}\u00a0% of ${drawn}`];
  if (most !== first && found.leads[most] > found.leads[first])
    return [...opened, "; ", name(data.options[most].short), ` leads more often, in ${percent(found.leads[most])}\u00a0%${end}`];
  const next = found.leads.map((share, i) => [share, i]).filter(([, i]) => i !== first).sort((a, b) => b[0] - a[0])[0];
  if (!next || next[0] === 0) return [...opened, end];
  return [...opened, "; ", name(data.options[next[1]].short), ` in ${percent(next[0])}\u00a0%${end}`];
}

/** What one set of weights has otherwise than another: the two top criteria furthest apart, and who leads. */
export function comparison(data, found, other, title, beside, roots, nodes) {
  const apart = roots.map((id) => ({ id, by: 100 * (found.shares[id] - other.shares[id]) }))
    .filter(({ by }) => Math.abs(by) >= 0.05).sort((a, b) => Math.abs(b.by) - Math.abs(a.by)).slice(0, 2);
  const parts = apart.flatMap(({ id, by }, i) => [i ? " and " : "", name(nodes.get(id).name), ` ${tenths(Math.abs(by))} ${by > 0 ? "more" : "less"}`]);
  const [mine, theirs] = [found.order[0], other.order[0]];
  const leads = mine === theirs ? ["; ", name(data.options[mine].short), " leads by both."] : ["; there ", name(data.options[theirs].short), " leads."];
  return [name(title), " beside ", name(beside), ": ", ...(parts.length ? parts : ["the top criteria weigh the same"]), ...leads];
}

/** Whose red lines the leader breaches, which no weight makes good; nothing when nobody's. */
export function refused(data, found) {
  const first = found.order.filter((i) => found.ranks[i] === 1 && data.options[i].refused.length);
  return first.flatMap((i, k) => [
    k ? " " : "", name(data.options[i].short), " breaches red lines recorded for ", ...list(data.options[i].refused), ", which no weight makes good.",
  ]);
}

/** The nearest change of one weight that changes the leader. */
export function flip(data, found, nodes) {
  if (found.ranks.filter((rank) => rank === 1).length > 1)
    return ["Any change of weights that tells them apart settles which leads."];
  if (found.order.length < 2) return [""];
  const near = found.nearest;
  if (!near) return ["No single weight that is free to move changes the leader."];
  const node = nodes.get(near.id), parent = nodes.get(node.parent);
  const target = Math.min(Math.max(beyond(near.from, near.to), 0), near.most);
  return [
    name(data.options[near.challenger].short), " leads if the weight of ", name(node.name),
    ...(parent ? [" within ", name(parent.name)] : []),
    ` ${near.to > near.from ? "rises" : "falls"} from ${hundredths(near.from)} to ${hundredths(target)}.`,
  ];
}

/** What a criterion's weight is about: the swing it is the worth of. */
export function swing(node, children, share, weight, parent) {
  const worth = parent
    ? [` is worth ${hundredths(share)} of 100 within `, name(parent.name), `, ${hundredths(weight)}\u00a0% of all weight.`]
    : [` is worth ${hundredths(share)} of 100.`];
  if (children) {
    const beneath = `orst to best on ${children > 1 ? `all ${children} scales` : "the one scale"} beneath`;
    return parent ? [`Going from w${beneath}`, ...worth] : [`W${beneath}.`]; // a root's number stands beside it
  }
  const [worst, best] = node.ends.map(bare);
  return ["Going from ", { name: worst, quoted: true }, " to ", { name: best, quoted: true }, ...worth];
}

const bare = (text) => text.replace(/[.\s]+$/, "");

/** A sentence as one text, for speech and for the log. */
export const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part.name)).join("");
