// SPDX-License-Identifier: Apache-2.0
// What puts things on the page. Texts of the case are only ever set as text.

const LOCK = "M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7h1zm2 0h4V5a2 2 0 0 0-4 0v2z";
const OPEN = "M6 7h7v7H3V7h1V5a4 4 0 0 1 7.8-1.3l-1.9.7A2 2 0 0 0 6 5v2z";

/** An empty record by id. An id may be any word, even one that every object answers to. */
const byId = () => Object.create(null);

const SVG = "http://www.w3.org/2000/svg";

function make(tag, cls, text, attributes = {}, kind) {
  const element = kind ? document.createElementNS(kind, tag) : document.createElement(tag);
  if (cls) element.setAttribute("class", cls);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const drawn = (tag, attributes, text) => make(tag, "", text, attributes, SVG);

function icon(path) {
  const svg = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  svg.append(drawn("path", { d: path }));
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

/** An element that holds a sentence, its names as isolated text. */
function sentence(tag, cls, parts, attributes) {
  const element = make(tag, cls, undefined, attributes);
  tell(element, parts);
  return element;
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

/** A widget on the page: what Python tells it, and what was changed in it, kept until Python has it. */
class View {
  /** `shelf` names the place in the browser where changes are kept. */
  constructor(model, host, cls, shelf) {
    Object.assign(this, { model, data: model.get("data"), followed: [] });
    this.nodes = new Map(this.data.nodes.map((node) => [node.id, node]));
    this.root = make("div", cls);
    this.outbox = new Outbox(model, shelf, this.data, this.root, () => this.heard());
    this.unique = `${shelf}-${this.outbox.session}`;
    this.root.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab's command mode would take the keys
    this.status = make("p", "awb-status", "", { role: "status" });
    host.replaceChildren(this.root);
  }

  /** Hear of it when Python sets one of these. */
  follow(names, act = () => this.heard()) {
    for (const name of names) this.model.on(`change:${name}`, act);
    this.followed.push([names, act]);
  }

  close() {
    for (const [names, act] of this.followed) for (const name of names) this.model.off(`change:${name}`, act);
    this.outbox.close();
  }

  get marking() {
    return this.data.marking ? [make("p", "awb-marking", this.data.marking, { dir: "auto" })] : [];
  }

  /** The top of the widget: marking, title, and what stands beside the title. */
  head(cls, ...beside) {
    const head = make("header", cls), above = make("div", beside.length ? "awb-above" : "");
    above.append(make("p", "awb-title", this.data.title, { dir: "auto", title: this.data.title }), ...beside);
    head.append(...this.marking, above);
    return head;
  }

  /** Why something is not saved; else some other words. */
  unsaved(words) {
    const fault = this.model.get("fault");
    if (fault) return `Not saved. ${fault}`;
    return this.outbox.late ? "Not saved yet: the notebook is being run, or has to be (Run > Run All Cells). Go on; what you set is kept and saved then." : words;
  }
}

/** What anywidget asks for. */
const widget = (Shown) => ({
  render({ model, el }) {
    const view = new Shown(model, el);
    return () => view.close();
  },
});
