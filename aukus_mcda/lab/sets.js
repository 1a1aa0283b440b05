// SPDX-License-Identifier: Apache-2.0
// Sets of weights with a name, the lock, and the reason for a change: a panel that opens over the board.

const ABOUT_SETS = ["save", "rename", "delete", "restore"]; // these leave My weights alone

class Sets {
  /** `ask` tells Python what is wanted; it answers by what the board has of its own afterwards. */
  constructor(board, ask) {
    Object.assign(this, { board, ask, shelf: "awb:author" });
    this.open = make("button", "awb-button", "Sets and lock", { type: "button", "aria-expanded": "false", "data-act": "sets" });
    this.panel = make("section", "awb-sets", undefined, { "aria-label": "Sets of weights" });
    this.panel.hidden = true;
    this.form = make("form", "awb-form");
    this.fields = {};
    for (const [key, label] of [["name", "Name"], ["author", "Author"], ["reason", "Reason"]]) {
      this.fields[key] = make("input", "awb-text", undefined, { type: "text", "data-key": key, maxlength: "200" });
      const box = make("label", `awb-box awb-${key}`);
      box.append(make("span", "", label), this.fields[key]);
      this.form.append(box);
    }
    this.fields.author.value = this.remembered;
    this.save = make("button", "awb-button", "Save as a set", { type: "submit", "data-set": "save" });
    this.note = make("button", "awb-button", "Note the reason", { type: "button", "data-set": "note", title: "Write the reason beside the last change of My weights" });
    this.lock = make("button", "awb-button", "", { type: "button", "data-set": "lock" });
    const acts = make("span", "awb-acts");
    acts.append(this.save, this.note, this.lock);
    this.form.append(acts);
    this.about = make("p", "awb-small");
    this.wrong = make("p", "awb-wrong", "", { role: "alert" });
    this.list = make("ul", "awb-list");
    this.panel.append(this.form, this.wrong, this.list, this.about);
    this.listen();
  }

  listen() {
    this.open.addEventListener("click", () => this.toggle());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const shown = this.board.stand();
      this.tell("save", { said: `saved as ${this.value("name")}`, ...shown });
      this.fields.name.value = "";
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.toggle(false);
      this.open.focus();
    });
    this.panel.addEventListener("click", (event) => {
      const button = event.target.closest("[data-set]"), kind = button?.dataset.set, name = button?.dataset.name;
      if (kind === "note") this.tell(undefined, { said: `reason: ${this.value("reason")}` });
      if (kind === "lock" || kind === "unlock") this.tell(kind, { said: `${kind === "lock" ? "locked" : "lock taken off"} by ${this.value("author") || "nobody named"}` });
      if (kind === "delete" || kind === "restore") this.tell(kind, { name, said: `${kind} ${name}` });
      if (kind === "duplicate") this.tell("save", { name: this.free(name), points: this.of(name).points, profile: name, said: `copy of ${name}` });
      if (kind === "rename") this.rename(button.closest("li"), name);
    });
    this.list.addEventListener("change", ({ target }) => {
      const { name } = target.dataset;
      if (target.value.trim() && target.value.trim() !== name) this.tell("rename", { name, new: target.value.trim(), said: `${name} renamed ${target.value.trim()}` });
      this.listed = "";
      this.show();
    });
  }

  value(key) {
    return this.fields[key].value.trim();
  }

  of(id) {
    return this.board.stored.sets.find((each) => each.id === id);
  }

  /** A name that no set has yet. */
  free(name) {
    let copy = `${name}, copy`;
    for (let count = 2; this.of(copy); count++) copy = `${name}, copy ${count}`;
    return copy;
  }

  tell(kind, asked) {
    try {
      localStorage.setItem(this.shelf, this.value("author"));
    } catch {
      // storage is forbidden: the author is typed again
    }
    this.ask({ kind, name: this.value("name"), author: this.value("author"), reason: this.value("reason"), ...this.board.mine, ...asked });
  }

  get remembered() {
    try {
      return localStorage.getItem(this.shelf) ?? "";
    } catch {
      return "";
    }
  }

  toggle(on = this.panel.hidden) {
    this.panel.hidden = !on;
    this.open.setAttribute("aria-expanded", String(on));
    this.show();
    if (on) this.fields.name.focus();
  }

  rename(row, name) {
    const box = make("input", "awb-text", undefined, { type: "text", "data-name": name, "aria-label": `New name of ${name}` });
    box.value = name;
    row.firstChild.replaceWith(box);
    box.select();
  }

  show() {
    const { board } = this, { sets, deleted = [], locked } = board.stored;
    say(this.wrong, board.model.get("fault") || board.stored.fault || "");
    say(this.lock, locked ? "Take the lock off" : "Lock my weights");
    this.lock.dataset.set = locked ? "unlock" : "lock";
    say(this.about, `${locked ? `My weights were locked at ${clock(locked.at)}${locked.who ? ` by ${locked.who}` : ""}. ` : ""}Locking notes the time and the name; later changes stay possible and are logged as made after it. Sets are kept in ${board.data.folder}/weights.csv, and all notebooks list them.`);
    const listed = JSON.stringify([sets.map(({ id, author, reason, at }) => [id, author, reason, at]), deleted]);
    if (listed === this.listed) return;
    this.listed = listed;
    const act = (kind, text, name) => make("button", "awb-link", text, { type: "button", "data-set": kind, "data-name": name, "aria-label": `${text} ${name}` });
    const rows = sets.map(({ id, author, reason, at }) => {
      const row = make("li", "", undefined, { "data-id": id });
      const notes = [author, at ? clock(at) : "", reason].filter(Boolean).join(", ");
      row.append(make("b", "awb-name", id, { dir: "auto" }), " ", make("span", "awb-name awb-small", notes, { dir: "auto" }), " ", act("rename", "Rename", id), " ", act("duplicate", "Duplicate", id), " ", act("delete", "Delete", id));
      return row;
    });
    const gone = deleted.map((id) => {
      const row = make("li", "", undefined, { "data-gone": id });
      row.append(make("s", "awb-name", id, { dir: "auto" }), " ", act("restore", "Bring back", id));
      return row;
    });
    const held = this.list.contains(document.activeElement);
    this.list.replaceChildren(...rows, ...gone);
    if (held) this.fields.name.focus(); // what was pressed is gone
  }
}
