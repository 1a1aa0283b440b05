// SPDX-License-Identifier: Apache-2.0
// The board on the page: sliders, and what an analyst does with them. Joined by board.py to the files whose functions it
// uses: sums.js, words.js, page.js, bars.js, outbox.js.
//
// It shows one set of weights. My weights are saved as they are set, and every board of the case shows them; those of
// others are tried out, and nothing comes of it until they are copied to My weights. A page without Python has no My weights.

const MINE = " "; // no profile can be called so
const GIVEN = "";
const NOBODY = "  ";

class Board extends View {
  constructor(model, host) {
    super(model, host, "awb", "awb");
    this.groups = siblings(this.data.nodes);
    this.roots = this.groups.get("");
    this.offline = !this.data.store;
    this.drawn = decodeDraws(model.get("draws"), this.data);
    this.mine = { points: { ...model.get("points") }, profile: model.get("profile") };
    this.readStored();
    this.shown = model.get("shown");
    Object.assign(this, this.shown === MINE ? this.mine : { points: { ...model.get("tried") }, profile: this.shown });
    this.first = this.mine.points;
    this.locked = new Set(model.get("locked"));
    this.gesture = null;
    this.kept = byId();
    this.build();
    this.found = compute(this.data, this.groups, this.points, this.locked, this.drawn, this.profile);
    this.before = this.found.order[0];
    this.show();
    this.listen();
    this.adopt();
  }

  /** What Python keeps beside the weights: when they were saved, sets with a name, what of them has a range. */
  readStored() {
    this.stored = this.model.get("stored") ?? { sets: [], judged: [] };
    this.version = this.stored.version;
    if (this.stored.judged.length)
      for (const [id, set] of decodePoints(stepsIn(this.model.get("stored_draws")), this.stored.judged, this.data.draws)) this.drawn.judged.set(id, set);
  }

  /** Everybody whose weights can be shown: id, title, points. */
  get sets() {
    const { given, profiles } = this.data;
    return [
      ...(this.offline ? [] : [{ id: MINE, title: "My weights", points: this.mine.points }]),
      ...this.stored.sets, ...profiles, ...(given ? [{ id: GIVEN, title: "As given", points: given }] : []),
    ];
  }

  titleOf(id) {
    return this.sets.find((each) => each.id === id)?.title ?? id;
  }

  /** The points that Reset goes back to: those a set has, or, for My weights, those they were begun or judged with. */
  get origin() {
    if (this.shown === MINE && this.profile === MINE) return this.stored.base ?? this.first;
    return this.sets.find((each) => each.id === (this.shown === MINE ? this.profile : this.shown))?.points ?? this.first;
  }

  // ---- what is on the page -------------------------------------------------------------------------------------

  build() {
    this.often = make("p", "awb-often");
    // Room is kept for it, so that sliders do not shift under the hand when it appears.
    this.refused = make("p", this.data.options.some((each) => each.refused.length) ? "awb-refused awb-kept" : "awb-refused");
    this.flip = make("span", "awb-flip");
    this.try = make("button", "awb-link", "Try it", { type: "button", "data-act": "try" });
    const head = this.answering(this.status);
    head.append(this.often, make("p", "awb-flipline", [this.flip, " ", this.try]), this.refused);
    this.rows = new Map();
    this.bars = new Bars(this.data, this.nodes, this.roots);
    const weights = make("section", "awb-weights", [this.group("")], { "aria-label": "Weights" });
    const { disclaimer } = this.data;
    const small = disclaimer && written("p", disclaimer, "awb-small");
    this.root.append(
      head, this.question(), this.toolbar(), make("div", "awb-body", [weights, this.bars.section]), this.live,
      make("footer", "awb-foot", [small, ...this.marking]),
    );
    this.steady(head);
  }

  /** What is asked when My weights were changed elsewhere before a change made here was saved. */
  question() {
    this.asked = make("p", "");
    const answers = [["keep", "Keep mine"], ["yield", "Take theirs"]];
    const buttons = answers.map(([act, text]) => make("button", "awb-button", text, { type: "button", "data-act": act }));
    this.ask = make("div", "awb-ask", [this.asked, ...buttons], { role: "alertdialog", "aria-label": "Whose weights to keep", hidden: "" });
    return this.ask;
  }

  toolbar() {
    const whose = this.picker("Weights", { "data-act": "profile" }), beside = this.picker("compared with", { "data-act": "beside" });
    this.pick = whose.select;
    this.besides = beside.select;
    this.changed = make("span", "awb-changed", "changed");
    this.copies = make("button", "awb-button", "Copy to my weights", { type: "button", "data-act": "copy" });
    this.panel = new Sets(this);
    this.panel.open.hidden = this.offline;
    this.difference = make("p", "awb-difference");
    return make("div", "awb-tools", [
      make("div", "awb-toolbar", [whose.label, this.changed, this.copies, beside.label, this.acts({ reset: "Reset" }), this.panel.open]),
      this.panel.panel, make("div", "awb-line", [this.messages, this.difference]),
    ]);
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
    const label = parent ? `Within ${this.nodes.get(parent).name}` : "Top of the value tree";
    const sliders = this.groups.get(parent).map((id) => this.slider(this.nodes.get(id)));
    return make("div", parent ? "awb-group awb-inner" : "awb-group", sliders, { role: "group", "aria-label": label });
  }

  slider(node) {
    const key = `${this.unique}-${this.rows.size}`, children = this.groups.get(node.id);
    const title = make("b", "awb-name", node.name, { dir: "auto", id: `${key}-name` });
    const more = children && make("button", "awb-more", [icon("M5 3l6 5-6 5z"), title], {
      type: "button", "aria-expanded": "false", "data-act": "more", title: `Show the ${children.length} scales beneath`,
    });
    const range = make("input", "awb-range", undefined, {
      type: "range", min: "0", max: "100", step: "1", "aria-label": `Weight of ${node.name}`, "aria-describedby": `${key}-swing`,
    });
    const number = make("input", "awb-number", undefined, {
      type: "number", min: "0", max: "100", step: "0.1", inputmode: "decimal", "aria-label": `Weight of ${node.name}, of 100`,
    });
    const holds = make("span", "awb-holds"), mark = make("span", "awb-mark", undefined, { hidden: "" }), other = make("span", "awb-other");
    const lock = make("button", "awb-lock", undefined, { type: "button", "data-act": "lock", "aria-label": `Lock the weight of ${node.name}` });
    const swing = make("p", "awb-swing", undefined, { id: `${key}-swing` });
    const row = make("div", "awb-row", [
      make("span", "awb-label", [more ?? title, other]),
      make("span", "awb-track", [make("span", "awb-rail", [holds]), mark, range]), number, lock, swing,
    ], { "data-node": node.id, "--awb-colour": node.colour });
    this.rows.set(node.id, { row, node, children, more, range, number, lock, swing, holds, mark, other });
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
    this.showLeader(data.options, found, this.before, ["Leader changed: it was ", name(data.options[this.before].short)]);
    for (const parts of this.rows.values()) this.showWeight(parts);
    this.bars.show(found);
    this.root.dataset.leader = data.options[found.order[0]].id;
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
    this.showBeside();
    this.changed.hidden = same(this.points, this.origin);
    this.copies.hidden = this.offline || this.shown === MINE;
    this.showActs({ reset: !this.changed.hidden || this.locked.size > 0 });
    this.showStatus();
  }

  /** Whose weights these are. */
  showProfile() {
    const { sets } = this, listed = JSON.stringify(sets.map(({ id, title }) => [id, title]));
    if (listed !== this.listed) {
      this.listed = listed;
      const each = () => sets.map(({ id, title }) => make("option", "", title, { value: id, dir: "auto" }));
      const held = this.besides.value;
      this.pick.replaceChildren(...each());
      this.besides.replaceChildren(make("option", "", "no other", { value: NOBODY }), ...each());
      this.besides.value = sets.some(({ id }) => id === held) ? held : NOBODY;
    }
    if (this.pick.value !== this.shown) this.pick.value = this.shown;
  }

  /** The set compared with: a second mark on each slider and bar, and what differs in a sentence. */
  showBeside() {
    const set = this.besides.value === NOBODY ? null : this.sets.find(({ id }) => id === this.besides.value);
    const other = set && compute(this.data, this.groups, set.points, new Set(), this.drawn, NOBODY);
    for (const { node, mark, other: number } of this.rows.values()) {
      mark.hidden = !other;
      if (other) mark.style.setProperty("--awb-at", other.shares[node.id]);
      tell(number, other ? [name(set.title), ` ${tenths(100 * other.shares[node.id])}`] : []);
    }
    this.bars.showBeside(other, set?.title);
    tell(this.difference, other ? comparison(this.data, this.found, other, this.titleOf(this.shown), set.title, this.roots, this.nodes) : []);
  }

  showWeight({ row, node, range, number, lock }) {
    const share = this.found.shares[node.id];
    const value = String(Math.round(100 * share));
    if (range.value !== value) range.value = value;
    if (document.activeElement !== number || !number.dataset.typing) {
      const shown = tenths(100 * share);
      if (number.value !== shown) number.value = shown;
    }
    const isLocked = this.locked.has(node.id), alone = this.alone(node);
    if (row.dataset.locked !== `${isLocked} ${alone}`) {
      row.dataset.locked = `${isLocked} ${alone}`;
      range.disabled = number.disabled = alone;
      lock.replaceChildren(icon(isLocked ? LOCK : OPEN));
      lock.setAttribute("aria-pressed", String(isLocked));
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
    return [` The leader changes ${ends.filter(Boolean).join(" or ")}.`];
  }

  // ---- what the analyst does -----------------------------------------------------------------------------------

  listen() {
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
      if (event.target === this.besides) return this.showRest();
      if (event.target.type === "range") return this.commit();
      return event.target.type === "number" ? this.type(event.target) : undefined;
    });
    this.root.addEventListener("click", (event) => this.click(event));
    this.follow(["points", "profile", "stored", "shown", "tried", "locked", "clash"]);
  }

  /** Show what Python, or another view of this board, has set since. What was changed here and is not saved stays. */
  heard() {
    const { model } = this;
    let moved = false;
    if (model.get("stored") !== this.stored) {
      const { version } = this;
      this.readStored();
      if (this.busy) this.version = version;
      moved = true;
    }
    const mine = { points: { ...model.get("points") }, profile: model.get("profile") };
    if (!this.busy && !(same(mine.points, this.mine.points) && mine.profile === this.mine.profile)) {
      if (this.shown === MINE && !same(mine.points, this.points)) {
        this.step({ mine: this.mine });
        this.before = this.found.order[0];
        if (this.stored.at) this.message("My weights were changed elsewhere. Undo brings back what stood here.");
      }
      this.mine = mine;
      if (this.shown === MINE) Object.assign(this, mine, { gesture: null });
      moved = true;
    }
    if (!this.busy) this.version = this.stored.version;
    const shown = model.get("shown"), tried = model.get("tried");
    if (!this.waits && (shown !== this.shown || (shown !== MINE && !same(tried, this.points)))) {
      Object.assign(this, { shown, gesture: null }, shown === MINE ? this.mine : { points: { ...tried }, profile: shown });
      moved = true;
    }
    const locked = model.get("locked");
    if (!this.waits && JSON.stringify(locked) !== JSON.stringify([...this.locked])) {
      Object.assign(this, { locked: new Set(locked), gesture: null });
      moved = true;
    }
    if (moved) this.update();
    else this.showStatus();
  }

  /** Whether something was changed here that Python does not know yet. */
  get busy() {
    return this.outbox.pending.length > 0 || Boolean(this.gesture && this.shown === MINE && !same(this.gesture.points, this.points));
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
    this.step(this.shown === MINE ? { points: gesture.points, mine: this.mine } : { points: gesture.points });
    gesture.points = this.points;
    this.report(`${gesture.id} to ${hundredths(this.found.shares[gesture.id])}`);
  }

  type(box) {
    const id = this.nodeOf(box), number = Number(box.value);
    delete box.dataset.typing;
    if (box.value.trim() === "" || !Number.isFinite(number)) this.message("Type a number from 0 to 100.");
    else if (number < 0 || number > 100) this.message(`A weight lies between 0 and 100, so ${box.value} changes nothing.`);
    else this.put(id, number / 100);
    this.show();
  }

  /** Set one node's share in one go. */
  put(id, share) {
    this.begin(id);
    this.set(id, share);
    this.commit();
    this.gesture = null;
  }

  click(event) {
    const button = event.target.closest("[data-act]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const id = this.nodeOf(button);
    const acts = {
      undo: () => this.go("undo"), redo: () => this.go("redo"), reset: () => this.reset(), more: () => this.more(id), lock: () => this.lock(id),
      try: () => this.attempt(), copy: () => this.copy(), keep: () => this.keepMine(), yield: () => this.takeTheirs(),
    };
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
    if (near) this.put(near.id, Math.min(Math.max(beyond(near.from, near.to), 0), near.most));
  }

  /** Show somebody's weights. My weights stay as they are. */
  take(id) {
    const held = this.found.shares;
    this.step();
    this.replace(id === MINE ? { shown: id, ...this.mine } : { shown: id, points: { ...this.sets.find((each) => each.id === id).points }, profile: id });
    const moved = [...this.locked].some((each) => Math.abs(this.found.shares[each] - held[each]) > 1e-9);
    if (moved) this.message("All weights are those of ", name(this.titleOf(id)), " now, locked ones too.");
    this.soon();
  }

  /** What is shown becomes My weights. */
  copy() {
    const from = this.titleOf(this.shown);
    this.step({ mine: this.mine });
    this.replace({ shown: MINE });
    this.message("My weights are now those of ", name(from), ". Undo brings back the ones before.");
    this.report(`copied from ${from}`);
    this.pick.focus();
  }

  reset() {
    this.step(this.shown === MINE ? { mine: this.mine } : {});
    this.locked.clear();
    this.replace({ points: { ...this.origin } });
    this.message("Back to the weights as they were, and no weight is locked.");
    this.report("reset");
  }

  standing({ mine }) {
    return this.stand(mine && { mine: this.mine });
  }

  /** My weights are changed only by a step that changed them. */
  restore({ mine, ...step }, change) {
    this.replace(step.shown === MINE ? { ...step, ...(mine ?? this.mine) } : step);
    if (mine) this.report(change, mine);
    else this.soon();
  }

  replace(state) {
    say(this.messages, "");
    this.gesture = null;
    this.before = this.found.order[0];
    Object.assign(this, state);
    this.update();
  }

  /** What is shown, for a step to come back to; with `mine` where the step changes My weights. */
  stand(also = {}) {
    return { shown: this.shown, points: this.points, profile: this.profile, ...also };
  }

  step(also) {
    this.did(this.stand(also));
  }

  /** Once, after the next frame is painted. */
  afterPaint(act) {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => setTimeout(() => this.due && act()));
  }

  // ---- telling Python, whenever it listens ---------------------------------------------------------------------

  get state() {
    const { profile, points } = this.mine;
    return { profile, points: { ...points }, shown: this.shown, tried: this.shown === MINE ? {} : { ...this.points }, locked: [...this.locked] };
  }

  /** Note a change of My weights, to be written down; what is tried out on those of others is not. */
  report(change, mine = this.shown === MINE ? { points: this.points, profile: this.profile } : null) {
    if (mine && !this.offline) {
      this.mine = mine;
      this.outbox.add({ said: change, points: { ...mine.points }, profile: mine.profile, base: this.version });
    }
    this.soon();
  }

  /** Ask something of the sets with a name, the lock or the log. */
  askFor(entry) {
    this.outbox.add({ base: this.version, ...entry });
    this.soon();
  }

  /** Tell Python within a moment. */
  soon() {
    this.waits = true;
    this.later("send", () => this.send(), 120);
    this.show();
  }

  /** Send what is pending, with the board as it stands by now: Python may have set it since. */
  send() {
    clearTimeout(this.timers.send);
    this.waits = false;
    this.outbox.send(this.state);
  }

  /** Changes made here are to replace those made elsewhere. */
  keepMine() {
    this.version = this.stored.version;
    for (const entry of this.outbox.pending) entry.base = this.version;
    this.message("Yours are kept. Undo on the other board brings back theirs.");
    this.ask.hidden = true;
    this.send();
    this.pick.focus();
  }

  /** Changes made here are given up for those made elsewhere; Undo brings them back. */
  takeTheirs() {
    this.outbox.drop(({ kind }) => !ABOUT_SETS.includes(kind));
    this.model.set("clash", "");
    this.heard();
    tellPython(this.model, { theirs: true }); // what was sent late from here may stand in the place of theirs
    this.pick.focus();
  }

  /** Say what is written down and what is not, and ask where there is a choice. */
  showStatus() {
    const clash = Boolean(this.model.get("clash")) && this.outbox.pending.length > 0;
    let words = "Nothing changed yet.";
    if (this.shown !== MINE) words = `The weights of ${this.titleOf(this.shown)} are shown. My weights stay as they are.`;
    else if (this.stored.at) words = `${this.lockWords()}Saved in ${this.data.folder} at ${clock(this.stored.at)}.`;
    const status = clash ? "Not saved: there is a question below." : this.unsaved(words);
    this.status.classList.toggle("awb-alert", !this.offline && Boolean(status !== words || this.stored.fault));
    words = this.offline ? "What is changed here is not saved: it is gone when this page is closed." : `${status} ${this.stored.fault ?? ""}`.trim();
    say(this.status, words);
    this.status.title = words;
    this.panel.show();
    this.ask.hidden = !clash;
    if (clash) say(this.asked, `My weights were changed elsewhere at ${clock(this.stored.at)}, before a change made here was saved. Whose are to stand?`);
  }

  lockWords() {
    const { locked } = this.stored;
    if (!locked) return "";
    const since = same(locked.points, this.mine.points) ? "" : "; changed after it";
    return `Locked at ${clock(locked.at)}${locked.who ? ` by ${locked.who}` : ""}${since}. `;
  }

  /** Take over changes that an earlier board on this case could not save. */
  adopt() {
    if (!this.outbox.adopt()) return;
    const last = this.outbox.pending.filter(({ kind }) => !ABOUT_SETS.includes(kind)).at(-1);
    if (last) this.version = last.base;
    if (last && !same(last.points, this.mine.points)) {
      this.step({ mine: this.mine });
      this.mine = { points: { ...last.points }, profile: last.profile };
      this.replace({ shown: MINE, ...this.mine });
      this.message("Changes made while the kernel was away are back.");
    }
    this.send();
  }

  close() {
    this.due = false;
    this.watch.disconnect();
    if (this.outbox.pending.length) this.send();
    super.close();
  }
}

/** Open the board in a page of its own: the same code, with nobody to tell. */
export function openFile(given, host) {
  const bytes = Uint8Array.from(atob(given.draws), (letter) => letter.charCodeAt(0));
  const state = { ...given, draws: new DataView(bytes.buffer), acknowledged: "", fault: "", clash: "", points: given.tried, profile: given.shown };
  const model = { get: (key) => state[key], set: (key, value) => (state[key] = value), save_changes() {}, on() {}, off() {} };
  return new Board(model, host);
}

export default widget(Board);
