// SPDX-License-Identifier: Apache-2.0
// What puts things on the page. Texts of the case are only ever set as text.

const LOCK = "M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7h1zm2 0h4V5a2 2 0 0 0-4 0v2z";
const OPEN = "M6 7h7v7H3V7h1V5a4 4 0 0 1 7.8-1.3l-1.9.7A2 2 0 0 0 6 5v2z";

/** An empty record by id. An id may be any word, even one that every object answers to. */
const byId = () => Object.create(null);

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with a text or with pieces, of which what is blank or false is left out. Of its attributes one that begins
 * with `--` is a property of its style, and a function hears the event it is named after.
 */
function make(tag, cls, content, attributes = {}, kind) {
  const element = kind ? document.createElementNS(kind, tag) : document.createElement(tag);
  if (cls) element.setAttribute("class", cls);
  if (Array.isArray(content)) element.append(...content.filter(Boolean));
  else if (content !== undefined) element.textContent = content;
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("--")) element.style.setProperty(key, value);
    else if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value);
  }
  return element;
}

/** A text of the case, in its own direction. */
const written = (tag, text, cls = "awb-name") => make(tag, cls, text, { dir: "auto" });

/** A control with its name. */
const labelled = (cls, text, control) => make("label", cls, [make("span", "", text), control]);

const drawn = (tag, attributes, content) => make(tag, "", content, attributes, SVG);

const icon = (path) => drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, [drawn("path", { d: path })]);

/** What this browser keeps under a name; nothing where storage is forbidden or it cannot be read. */
function recall(shelf) {
  try {
    return JSON.parse(localStorage.getItem(shelf)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keep something under a name, or nothing any more; false where storage is full or forbidden. */
function keep(shelf, content) {
  try {
    if (content === undefined) localStorage.removeItem(shelf);
    else localStorage.setItem(shelf, JSON.stringify(content));
    return true;
  } catch {
    return false;
  }
}

/** Send Python a message; without a kernel nobody hears it. */
function tellPython(model, content) {
  try {
    model.send?.(content);
  } catch {
    // no kernel
  }
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

/** A node and those above it, up to the top of the tree. */
const branchOf = (nodes, id) => (id ? [id, ...branchOf(nodes, nodes.get(id).parent)] : []);

const same = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);

/** A widget on the page: what Python tells it, and what was changed in it, kept until Python has it. */
class View {
  /** `shelf` names the place in the browser where changes are kept. */
  constructor(model, host, cls, shelf) {
    Object.assign(this, { model, data: model.get("data"), followed: [], timers: {}, done: [], undone: [] });
    this.nodes = new Map(this.data.nodes.map((node) => [node.id, node]));
    this.root = make("div", cls, undefined, { keydown: (event) => this.pressed(event) });
    this.outbox = new Outbox(model, shelf, this.data, this.root, () => this.heard());
    this.unique = `${shelf}-${this.outbox.session}`;
    this.status = make("p", "awb-status", "", { role: "status" });
    this.live = make("p", "awb-hidden", "", { role: "status", "aria-live": "polite", "data-live": "ranking" });
    this.messages = make("p", "awb-message", "", { role: "status", "aria-live": "polite", "data-live": "messages" });
    host.replaceChildren(this.root);
  }

  /** Hear of it when Python sets one of these. */
  follow(names, act = () => this.heard()) {
    for (const name of names) this.model.on(`change:${name}`, act);
    this.followed.push([names, act]);
  }

  close() {
    for (const [names, act] of this.followed) for (const name of names) this.model.off(`change:${name}`, act);
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.outbox.close();
  }

  /** Do something in a while, unless it is put off again meanwhile. */
  later(what, act, wait) {
    clearTimeout(this.timers[what]);
    this.timers[what] = setTimeout(act, wait);
  }

  /** Say something for a few seconds. */
  message(...parts) {
    tell(this.messages, parts);
    this.later("message", () => say(this.messages, ""), 6000);
  }

  get marking() {
    return this.data.marking ? [written("p", this.data.marking, "awb-marking")] : [];
  }

  /** The top of the widget: marking, title, and what stands beside the title. */
  head(cls, ...beside) {
    const title = make("p", "awb-title", this.data.title, { dir: "auto", title: this.data.title });
    return make("header", cls, [...this.marking, make("div", beside.length ? "awb-above" : "", [title, ...beside])]);
  }

  /** The top of a widget that ranks: who leads, and a badge where somebody else did. */
  answering(...beside) {
    this.badge = make("p", "awb-badge");
    this.answer = make("h2", "awb-answer");
    const head = this.head("awb-head", this.badge, ...beside);
    head.append(this.answer);
    return head;
  }

  /** Show who leads, best first; the badge says so where it is not the one who led before. */
  showLeader(options, found, led, words) {
    tell(this.answer, answer({ options }, found));
    const same = found.order[0] === led;
    this.badge.classList.toggle("awb-on", !same);
    tell(this.badge, same ? [" "] : words);
    this.root.dataset.order = found.order.map((i) => options[i].id).join(" ");
  }

  /** A list to choose from. */
  picker(text, attributes, entries = []) {
    const select = make("select", "awb-select", entries.map(([value, title]) => make("option", "", title, { value, dir: "auto" })), attributes);
    return { select, label: labelled("awb-pick", text, select) };
  }

  /** Why something is not saved; else some other words. */
  unsaved(words) {
    const fault = this.model.get("fault");
    if (fault) return `Not saved. ${fault}`;
    return this.outbox.late ? "Not saved yet: the notebook is being run, or has to be (Run > Run All Cells). Go on; what you set is kept and saved then." : words;
  }

  // ---- undo ----------------------------------------------------------------------------------------------------

  /** Buttons in a row: Undo, Redo and perhaps more, by what they do. */
  acts(more) {
    const texts = { undo: "Undo", redo: "Redo", ...more };
    this.buttons = Object.entries(texts).map(([act, text]) => make("button", "awb-button", text, { type: "button", "data-act": act }));
    return make("span", "awb-acts", this.buttons);
  }

  /** A button that was just used and cannot be used again keeps the focus: it is never disabled outright. */
  showActs(more) {
    const may = { undo: this.done.length > 0, redo: this.undone.length > 0, ...more };
    for (const button of this.buttons) button.setAttribute("aria-disabled", String(!may[button.dataset.act]));
  }

  /** JupyterLab's command mode would take the keys. */
  pressed(event) {
    event.stopPropagation();
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || !["z", "y"].includes(key) || event.target.matches("input:not([type=range]), textarea")) return;
    event.preventDefault();
    this.go(key === "z" && !event.shiftKey ? "undo" : "redo");
  }

  /** Something was done that Undo takes back. */
  did(back) {
    this.done.push(back);
    this.undone = [];
    if (this.done.length > 200) this.done.shift();
  }

  /** Go a step back or forth: `restore` does it, after `standing` has said what brings back what is left. */
  go(act) {
    const [from, to] = act === "undo" ? [this.done, this.undone] : [this.undone, this.done];
    if (!from.length) return;
    const step = from.pop();
    to.push(this.standing(step));
    this.restore(step, act);
    this.message(act === "undo" ? "The last change is taken back." : "The change is made again.");
  }
}

/** What anywidget asks for. */
const widget = (Shown) => ({
  render({ model, el }) {
    const view = new Shown(model, el);
    return () => view.close();
  },
});
