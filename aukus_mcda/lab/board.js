// The board on the page: sliders, and what an analyst does with them. Joined by board.py to the files whose functions it
// uses: sums.js, words.js, page.js, bars.js, outbox.js.

class Board {
  constructor(model, host) {
    this.model = model;
    this.data = model.get("data");
    this.groups = siblings(this.data.nodes);
    this.nodes = new Map(this.data.nodes.map((node) => [node.id, node]));
    this.roots = this.groups.get("");
    this.drawn = decodeDraws(model.get("draws"), this.data);
    this.points = { ...model.get("points") };
    this.profile = model.get("profile");
    this.first = { points: { ...this.points }, profile: this.profile };
    this.locked = new Set(model.get("locked"));
    this.undone = [];
    this.done = [];
    this.gesture = null;
    this.kept = byId();
    this.timers = {};
    this.unique = `awb-${Math.random().toString(36).slice(2)}`;
    this.root = make("div", "awb");
    this.build();
    host.replaceChildren(this.root);
    this.found = compute(this.data, this.groups, this.points, this.locked, this.drawn, this.profile);
    this.before = this.found.order[0];
    this.show();
    this.listen();
    this.adopt();
  }

  // ---- what is on the page -------------------------------------------------------------------------------------

  build() {
    const head = make("header", "awb-head");
    if (this.data.marking) head.append(make("p", "awb-marking", this.data.marking, { dir: "auto" }));
    const above = make("div", "awb-above");
    this.answer = make("h2", "awb-answer");
    this.badge = make("p", "awb-badge");
    above.append(make("p", "awb-title", this.data.title, { dir: "auto" }), this.badge);
    head.append(above);
    this.often = make("p", "awb-often");
    // Room is kept for it, so that sliders do not shift under the hand when it appears.
    this.refused = make("p", this.data.options.some((each) => each.refused.length) ? "awb-refused awb-kept" : "awb-refused");
    this.flip = make("span", "awb-flip");
    this.try = make("button", "awb-link", "Try it", { type: "button" });
    const line = make("p", "awb-flipline");
    line.append(this.flip, " ", this.try);
    head.append(this.answer, this.often, line, this.refused);

    const weights = make("section", "awb-weights", undefined, { "aria-label": "Weights" });
    this.rows = new Map();
    weights.append(this.group(""));
    const body = make("div", "awb-body");
    this.bars = new Bars(this.data, this.nodes, this.roots);
    body.append(weights, this.bars.section);

    this.status = make("p", "awb-status");
    this.outbox = new Outbox(this.model, "awb", this.data, this.root, () => this.showStatus());
    this.live = make("p", "awb-hidden", "", { role: "status", "aria-live": "polite", "data-live": "ranking" });
    this.messages = make("p", "awb-message", "", { role: "status", "aria-live": "polite", "data-live": "messages" });
    const foot = make("footer", "awb-foot");
    foot.append(this.status);
    if (this.data.disclaimer) foot.append(make("p", "awb-status", this.data.disclaimer, { dir: "auto" }));
    if (this.data.marking) foot.append(make("p", "awb-marking", this.data.marking, { dir: "auto" }));
    this.root.append(head, this.toolbar(), body, this.live, foot);
    this.steady(head);
  }

  toolbar() {
    const bar = make("div", "awb-toolbar");
    const label = make("label", "awb-pick");
    label.append(make("span", "", "Weights of"));
    this.pick = make("select", "awb-select", undefined, { "data-act": "profile" });
    for (const each of this.data.profiles) this.pick.append(make("option", "", each.title, { value: each.id, dir: "auto" }));
    label.append(this.pick);
    this.changed = make("span", "awb-changed", "changed");
    bar.append(label, this.changed);
    const acts = make("span", "awb-acts");
    this.buttons = {};
    for (const [act, text] of [["undo", "Undo"], ["redo", "Redo"], ["reset", "Reset"]]) {
      this.buttons[act] = make("button", "awb-button", text, { type: "button", "data-act": act });
      acts.append(this.buttons[act]);
    }
    bar.append(acts, this.messages);
    return bar;
  }

  /** Keep the head as high as it has been, so that sliders do not shift when a sentence gets shorter. */
  steady(head) {
    let wide = 0, high = 0;
    this.watch = new ResizeObserver(([{ contentRect: at }]) => {
      if (at.width !== wide) [wide, high] = [at.width, 0];
      else if (at.height > high) high = at.height;
      const least = high ? `${Math.ceil(high)}px` : "";
      if (head.style.minHeight !== least) head.style.minHeight = least;
    });
    this.watch.observe(head);
  }

  /** The sliders of one group of siblings; those beneath are made when first asked for. */
  group(parent) {
    const made = make("div", parent ? "awb-group awb-inner" : "awb-group", undefined, { role: "group" });
    made.setAttribute("aria-label", parent ? `Within ${this.nodes.get(parent).name}` : "Top of the value tree");
    for (const id of this.groups.get(parent)) made.append(this.slider(this.nodes.get(id)));
    return made;
  }

  slider(node) {
    const row = make("div", "awb-row", undefined, { "data-node": node.id });
    row.style.setProperty("--awb-colour", node.colour);
    const key = `${this.unique}-${this.rows.size}`;
    const children = this.groups.get(node.id);
    const parts = { row, node, children };
    const label = make("span", "awb-label");
    if (children) {
      parts.more = make("button", "awb-more", undefined, { type: "button", "aria-expanded": "false", "data-act": "more" });
      parts.more.append(icon("M5 3l6 5-6 5z"), make("b", "awb-name", node.name, { dir: "auto", id: `${key}-name` }));
      parts.more.title = `Show the ${children.length} scales beneath`;
      label.append(parts.more);
    } else label.append(make("b", "awb-name", node.name, { dir: "auto", id: `${key}-name` }));
    parts.range = make("input", "awb-range", undefined, {
      type: "range", min: "0", max: "100", step: "1", "aria-label": `Weight of ${node.name}`, "aria-describedby": `${key}-swing`,
    });
    parts.track = make("span", "awb-track");
    parts.holds = make("span", "awb-holds");
    const rail = make("span", "awb-rail");
    rail.append(parts.holds);
    parts.track.append(rail, parts.range);
    parts.number = make("input", "awb-number", undefined, {
      type: "number", min: "0", max: "100", step: "0.1", inputmode: "decimal", "aria-label": `Weight of ${node.name}, of 100`,
    });
    parts.lock = make("button", "awb-lock", undefined, { type: "button", "data-act": "lock" });
    parts.swing = make("p", "awb-swing", undefined, { id: `${key}-swing` });
    row.append(label, parts.track, parts.number, parts.lock, parts.swing);
    this.rows.set(node.id, parts);
    return row;
  }

  // ---- showing what was computed -------------------------------------------------------------------------------

  /** Compute, and show the ranking in the frame the browser paints next; what is said about it follows in the one after. */
  update() {
    this.found = compute(this.data, this.groups, this.points, this.locked, this.drawn, this.profile);
    this.showRanking();
    this.afterPaint(() => this.showRest());
    this.later("speak", () => say(this.live, [answer, often, refused].map((part) => plain(part(this.data, this.found))).join(" ").trim()), 600);
  }

  show() {
    this.showRanking();
    this.showRest();
  }

  showRanking() {
    const { found, data } = this;
    tell(this.answer, answer(data, found));
    const leads = found.order[0];
    this.badge.classList.toggle("awb-on", leads !== this.before);
    tell(this.badge, leads === this.before ? [" "] : ["Leader changed: it was ", name(data.options[this.before].short)]);
    for (const parts of this.rows.values()) this.showWeight(parts);
    this.bars.show(found);
    this.root.dataset.order = found.order.map((i) => data.options[i].id).join(" ");
    this.root.dataset.leader = data.options[leads].id;
  }

  showRest() {
    const { found, data } = this;
    this.due = false;
    tell(this.often, often(data, found));
    tell(this.refused, refused(data, found));
    tell(this.flip, flip(data, found, this.nodes));
    this.try.hidden = !found.nearest;
    for (const parts of this.rows.values()) this.showSwing(parts);
    this.bars.showRest(found);
    this.showProfile();
    const at = data.profiles.find((each) => each.id === this.profile);
    this.changed.hidden = same(this.points, at ? at.points : this.first.points);
    this.buttons.undo.disabled = !this.done.length;
    this.buttons.redo.disabled = !this.undone.length;
    this.buttons.reset.disabled = this.changed.hidden;
  }

  /** Whose weights these are; those of no profile stand as given. */
  showProfile() {
    if (this.pick.selectedIndex >= 0 && this.pick.value === this.profile) return;
    if (this.profile === "") this.pick.prepend(make("option", "", "As given", { value: "" }));
    this.pick.value = this.profile;
  }

  showWeight({ row, node, range, number, lock }) {
    const share = this.found.shares[node.id];
    const value = String(Math.round(100 * share));
    if (range.value !== value) range.value = value;
    if (document.activeElement !== number || !number.dataset.typing) {
      const shown = (100 * share).toFixed(1);
      if (number.value !== shown) number.value = shown;
    }
    const isLocked = this.locked.has(node.id), alone = this.alone(node);
    if (row.dataset.locked !== `${isLocked} ${alone}`) {
      row.dataset.locked = `${isLocked} ${alone}`;
      range.disabled = number.disabled = alone;
      lock.replaceChildren(icon(isLocked ? LOCK : OPEN));
      lock.setAttribute("aria-pressed", String(isLocked));
      lock.setAttribute("aria-label", `Lock the weight of ${node.name}`);
      lock.title = isLocked ? "Unlock this weight" : "Lock this weight";
    }
    range.setAttribute("aria-valuetext", `${hundredths(share)} of 100${isLocked ? ", locked" : ""}`);
  }

  showSwing({ node, children, swing: line, holds }) {
    const flips = this.found.flips[node.id], parent = this.nodes.get(node.parent);
    holds.style.setProperty("--awb-low", `${100 * (flips ? flips.low : 0)}%`);
    holds.style.setProperty("--awb-high", `${100 * (flips ? flips.high : 1)}%`);
    holds.hidden = !flips;
    const worth = swing(node, children && children.length, this.found.shares[node.id], this.found.weights[node.id], parent);
    tell(line, [...worth, ...this.holding(node, flips, this.locked.has(node.id), this.alone(node))]);
  }

  /** Whether nothing beside a weight is free to move with it. */
  alone(node) {
    return !room(this.found.shares, this.groups.get(node.parent), node.id, this.locked).moves;
  }

  holding(node, flips, isLocked, alone) {
    if (isLocked) return [" Locked."];
    if (this.groups.get(node.parent).length === 1) return [" It stands alone, so there is nothing to set it against."];
    if (alone) return [" The others beside it are locked, so it cannot move."];
    if (!flips || this.found.order.length < 2) return [""];
    if (flips.below < 0 && flips.above < 0) return [" No setting of it alone changes the leader."];
    const ends = [flips.below < 0 ? "" : `below ${hundredths(flips.low)}`, flips.above < 0 ? "" : `above ${hundredths(flips.high)}`];
    return [` The leader changes ${ends.filter(Boolean).join(" and ")}.`];
  }

  // ---- what the analyst does -----------------------------------------------------------------------------------

  listen() {
    this.root.addEventListener("keydown", (event) => {
      // JupyterLab's command mode would take these keys from the sliders.
      event.stopPropagation();
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.target.type === "number" || (key !== "z" && key !== "y")) return;
      event.preventDefault();
      if (key === "z" && !event.shiftKey) this.undo();
      else this.redo();
    });
    this.root.addEventListener("pointerdown", (event) => {
      if (event.target.type === "range") this.begin(this.nodeOf(event.target));
    });
    this.root.addEventListener("focusout", (event) => {
      if (event.target.type === "range") this.gesture = null;
      delete event.target.dataset.typing;
    });
    this.root.addEventListener("input", (event) => {
      if (event.target.type === "number") event.target.dataset.typing = "yes";
      if (event.target.type === "range") this.slide(this.nodeOf(event.target), Number(event.target.value) / 100);
    });
    this.root.addEventListener("change", (event) => {
      if (event.target === this.pick) return this.take(this.pick.value);
      if (event.target.type === "range") return this.commit();
      return event.target.type === "number" ? this.type(event.target) : undefined;
    });
    this.root.addEventListener("click", (event) => this.click(event));
    this.onPoints = () => {
      const points = this.model.get("points");
      if (same(points, this.points)) return;
      this.step(this.points);
      Object.assign(this, { points: { ...points }, profile: this.model.get("profile"), gesture: null });
      this.update();
    };
    this.onLocked = () => {
      const locked = this.model.get("locked");
      if (JSON.stringify(locked) === JSON.stringify([...this.locked])) return;
      Object.assign(this, { locked: new Set(locked), gesture: null });
      this.update();
    };
    this.model.on("change:points", this.onPoints);
    this.model.on("change:locked", this.onLocked);
  }

  nodeOf(element) {
    const row = element.closest?.("[data-node]");
    return row ? row.dataset.node : null;
  }

  /** A gesture begins: remember the weights to undo to, the ratios to keep, and who leads. */
  begin(id) {
    say(this.messages, "");
    this.gesture = { id, points: this.points, shares: this.ratios(id) };
    this.before = this.found.order[0];
  }

  /** Shares to keep proportions by: those now, or the last ones known where the others have none left. */
  ratios(id) {
    const { parent } = this.nodes.get(id);
    const ids = this.groups.get(parent);
    const free = ids.filter((each) => each !== id && !this.locked.has(each));
    if (free.some((each) => this.found.shares[each] > 0)) this.kept[parent] = { ...this.found.shares };
    return this.kept[parent] ?? this.found.shares;
  }

  slide(id, target) {
    if (this.gesture?.id !== id) this.begin(id);
    this.set(id, target);
  }

  /** Set one node's share among its siblings; false when it cannot move. */
  set(id, target) {
    const ids = this.groups.get(this.nodes.get(id).parent);
    const moved = moveShare(this.found.shares, ids, id, target, this.locked, this.gesture.shares);
    if (!moved) return false;
    const { most } = room(this.found.shares, ids, id, this.locked);
    if (target > most + 1e-9) this.message(`Locked weights leave at most ${hundredths(most)} here.`);
    this.points = { ...this.points, ...pointsOf(moved) };
    this.update();
    return true;
  }

  commit() {
    const { gesture } = this;
    if (!gesture || same(gesture.points, this.points)) return;
    this.step(gesture.points);
    gesture.points = this.points;
    this.report(`${gesture.id} to ${hundredths(this.found.shares[gesture.id])}`);
  }

  type(box) {
    const id = this.nodeOf(box), number = Number(box.value);
    delete box.dataset.typing;
    if (box.value.trim() === "" || !Number.isFinite(number)) this.message("Type a number from 0 to 100.");
    else if (number < 0 || number > 100) this.message(`A weight lies between 0 and 100, so ${box.value} changes nothing.`);
    else {
      this.gesture = null;
      this.begin(id);
      this.set(id, number / 100);
      this.commit();
      this.gesture = null;
    }
    this.show();
  }

  click(event) {
    if (event.target.closest(".awb-link")) return this.attempt();
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const id = this.nodeOf(button);
    const acts = { undo: () => this.undo(), redo: () => this.redo(), reset: () => this.reset(), more: () => this.more(id), lock: () => this.lock(id) };
    acts[button.dataset.act]?.();
  }

  more(id) {
    const parts = this.rows.get(id);
    const open = parts.more.getAttribute("aria-expanded") !== "true";
    parts.more.setAttribute("aria-expanded", String(open));
    if (open && !parts.inner) {
      parts.inner = this.group(id);
      parts.row.after(parts.inner);
      this.show();
    }
    parts.inner.hidden = !open;
  }

  lock(id) {
    const on = !this.locked.has(id);
    if (on) this.locked.add(id);
    else this.locked.delete(id);
    this.gesture = null;
    this.message(name(this.nodes.get(id).name), on ? " locked." : " unlocked.");
    this.update();
    this.send();
  }

  /** Do what the sentence about the nearest flip says. */
  attempt() {
    const near = this.found.nearest;
    if (!near) return;
    this.gesture = null;
    this.begin(near.id);
    this.set(near.id, Math.min(Math.max(beyond(near.from, near.to), 0), near.most));
    this.commit();
    this.gesture = null;
  }

  take(profile) {
    const chosen = this.data.profiles.find((each) => each.id === profile) ?? this.first;
    const held = this.found.shares;
    this.replace(chosen.points, profile, `profile ${profile || "as given"}`);
    const moved = [...this.locked].some((id) => Math.abs(this.found.shares[id] - held[id]) > 1e-9);
    if (moved) this.message("All weights are those of the profile now, locked ones too.");
  }

  reset() {
    const chosen = this.data.profiles.find((each) => each.id === this.profile) ?? this.first;
    this.replace(chosen.points, this.profile, `reset to ${this.profile || "as given"}`);
    this.message("Back to the weights as they were given.");
  }

  undo() {
    if (!this.done.length) return;
    this.undone.push({ points: this.points, profile: this.profile });
    this.restore(this.done.pop(), "undo");
  }

  redo() {
    if (!this.undone.length) return;
    this.done.push({ points: this.points, profile: this.profile });
    this.restore(this.undone.pop(), "redo");
  }

  restore({ points, profile }, change) {
    this.gesture = null;
    this.before = this.found.order[0];
    Object.assign(this, { points, profile });
    this.update();
    this.message(change === "undo" ? "The last change is taken back." : "The change is made again.");
    this.report(change);
  }

  replace(points, profile, change) {
    say(this.messages, "");
    this.step(this.points);
    this.gesture = null;
    this.before = this.found.order[0];
    Object.assign(this, { points: { ...points }, profile });
    this.update();
    this.report(change);
  }

  step(points) {
    this.done.push({ points, profile: this.profile });
    this.undone = [];
    if (this.done.length > 200) this.done.shift();
    this.buttons.undo.disabled = false;
    this.buttons.redo.disabled = true;
  }

  message(...parts) {
    tell(this.messages, parts);
    this.later("message", () => say(this.messages, ""), 6000);
  }

  /** Once, after the next frame is painted. */
  afterPaint(act) {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => setTimeout(() => this.due && act()));
  }

  later(what, act, wait) {
    clearTimeout(this.timers[what]);
    this.timers[what] = setTimeout(act, wait);
  }

  // ---- telling Python, whenever it listens ---------------------------------------------------------------------

  /** The profile before the points: another view of this board takes both over when the points change. */
  get state() {
    return { profile: this.profile, points: { ...this.points }, locked: [...this.locked] };
  }

  report(change) {
    const { points, profile } = this.state;
    this.outbox.add({ said: change, points, profile });
    this.later("send", () => this.send(), 120);
    this.show();
  }

  /** Send what is pending, with the board as it stands by now: Python may have set it since. */
  send() {
    clearTimeout(this.timers.send);
    this.outbox.send(this.state);
  }

  /** Say what is written down and what is not. */
  showStatus() {
    const fault = this.model.get("fault");
    if (fault) say(this.status, `Not saved. ${fault}`);
    else if (this.outbox.late) say(this.status, "Not saved yet: the kernel is busy or away. The board goes on, and saves when it is back or the cell is run again.");
    else if (this.model.get("acknowledged")) say(this.status, `Saved in ${this.data.folder}.`);
  }

  /** Take over changes that an earlier board on this case could not save. */
  adopt() {
    if (!this.outbox.adopt()) return;
    const last = this.outbox.pending.at(-1);
    if (!same(last.points, this.points)) {
      this.step(this.points);
      Object.assign(this, { points: { ...last.points }, profile: last.profile });
      this.update();
      this.message("Changes made while the kernel was away are back.");
    }
    this.send();
  }

  close() {
    this.due = false;
    this.watch.disconnect();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.model.off("change:points", this.onPoints);
    this.model.off("change:locked", this.onLocked);
    if (this.outbox.pending.length) this.send();
    this.outbox.close();
  }
}

/** Open the board in a page of its own: the same code, with nobody to tell. */
export function openFile(given, host) {
  const bytes = Uint8Array.from(atob(given.draws), (letter) => letter.charCodeAt(0));
  const state = { ...given, draws: new DataView(bytes.buffer), acknowledged: "", fault: "" };
  const model = { get: (key) => state[key], set: (key, value) => (state[key] = value), save_changes() {}, on() {}, off() {} };
  const board = new Board(model, host);
  say(board.status, "What is changed here is not saved: it is gone when this page is closed.");
  return board;
}

export default {
  render({ model, el }) {
    const board = new Board(model, el);
    return () => board.close();
  },
};
