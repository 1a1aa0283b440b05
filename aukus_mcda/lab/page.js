// What puts things on the page. Texts of the case are only ever set as text.

const LOCK = "M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7h1zm2 0h4V5a2 2 0 0 0-4 0v2z";
const OPEN = "M6 7h7v7H3V7h1V5a4 4 0 0 1 7.8-1.3l-1.9.7A2 2 0 0 0 6 5v2z";

/** An empty record by id. An id may be any word, even one that every object answers to. */
const byId = () => Object.create(null);

function make(tag, cls, text, attributes = {}) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

/** Set a text only when it differs: most of them do not while a slider moves. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Show a sentence, its names as isolated text. Only what differs is touched: a slider in motion changes a number or two. */
function tell(element, parts) {
  const shown = parts.filter((part) => part !== "");
  const tags = shown.map((part) => (typeof part === "string" ? "#text" : part.quoted ? "I" : "B"));
  if (element.childNodes.length !== tags.length || tags.some((tag, i) => element.childNodes[i].nodeName !== tag))
    element.replaceChildren(
      ...tags.map((tag) => (tag === "#text" ? document.createTextNode("") : make(tag, "awb-name", "", { dir: "auto" }))),
    );
  shown.forEach((part, i) => {
    const node = element.childNodes[i], text = plain([part]);
    if (node.textContent === text) return;
    node.textContent = text;
    if (node.nodeName !== "#text") node.title = text.length > 60 ? text : "";
  });
}

/** Whether black or white is read more easily on a colour. */
function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.19 ? "#111" : "#fff";
}

/** The siblings under each parent: Map from parent id ("" for the top) to ids. */
export function siblings(nodes) {
  const groups = new Map();
  for (const node of nodes) {
    if (!groups.has(node.parent)) groups.set(node.parent, []);
    groups.get(node.parent).push(node.id);
  }
  return groups;
}

const same = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);
