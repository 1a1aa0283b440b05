// SPDX-License-Identifier: Apache-2.0
// Sets of weights with a name, the lock, and the reason for a change: a panel that opens over the board.

const ABOUT_SETS = ["save", "rename", "delete", "restore"]; // these leave My weights alone

class Sets {
  constructor(board) {
    Object.assign(this, { board, shelf: "awb:author" });
    this.open = make("button", "awb-button", "Sets and lock", { type: "button", "aria-expanded": "false", "data-act": "sets", click: () => this.toggle() });
    this.fields = {};
    const boxes = [["name", "Name"], ["author", "Author"], ["reason", "Reason"]].map(([key, label]) => {
      this.fields[key] = make("input", "awb-text", undefined, { type: "text", "data-key": key, maxlength: "200" });
      return labelled(`awb-box awb-${key}`, label, this.fields[key]);
    });
    this.fields.author.value = recall(this.shelf) ?? "";
    this.lock = make("button", "awb-button", "", { type: "button", "data-set": "lock" });
    const acts = make("span", "awb-acts", [
      make("button", "awb-button", "Save as a set", { type: "submit", "data-set": "save" }),
      make("button", "awb-button", "Note the reason", { type: "button", "data-set": "note", title: "Write the reason beside the last change of My weights" }),
      this.lock,
    ]);
    this.about = make("p", "awb-small");
    this.wrong = make("p", "awb-wrong", "", { role: "alert" });
    this.list = make("ul", "awb-list", undefined, { change: (event) => this.renamed(event) });
    const form = make("form", "awb-form", [...boxes, acts], { submit: (event) => this.submitted(event) });
    this.panel = make("section", "awb-sets", [form, this.wrong, this.list, this.about], {
      "aria-label": "Sets of weights", hidden: "", keydown: (event) => this.left(event), click: (event) => this.click(event),
    });
  }

  submitted(event) {
    event.preventDefault();
    this.tell("save", { said: `saved as ${this.value("name")}`, ...this.board.stand() });
    this.fields.name.value = "";
  }

  left({ key }) {
    if (key !== "Escape") return;
    this.toggle(false);
    this.open.focus();
  }

  click({ target }) {
    const button = target.closest("[data-set]"), kind = button?.dataset.set, name = button?.dataset.name;
    if (kind === "note") this.tell(undefined, { said: `reason: ${this.value("reason")}` });
    if (kind === "lock" || kind === "unlock") this.tell(kind, { said: `${kind === "lock" ? "locked" : "lock taken off"} by ${this.value("author") || "nobody named"}` });
    if (kind === "delete" || kind === "restore") this.tell(kind, { name, said: `${kind} ${name}` });
    if (kind === "duplicate") this.tell("save", { name: this.free(name), points: this.of(name).points, profile: name, said: `copy of ${name}` });
    if (kind === "rename") this.rename(button.closest("li"), name);
  }

  renamed({ target }) {
    const { name } = target.dataset, wanted = target.value.trim();
    if (wanted && wanted !== name) this.tell("rename", { name, new: wanted, said: `${name} renamed ${wanted}` });
    this.listed = "";
    this.show();
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
    keep(this.shelf, this.value("author"));
    this.board.askFor({ kind, name: this.value("name"), author: this.value("author"), reason: this.value("reason"), ...this.board.mine, ...asked });
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
      const notes = [author, at ? clock(at) : "", reason].filter(Boolean).join(", ");
      const acts = [["rename", "Rename"], ["duplicate", "Duplicate"], ["delete", "Delete"]].flatMap(([kind, text]) => [" ", act(kind, text, id)]);
      return make("li", "", [written("b", id), " ", written("span", notes, "awb-name awb-small"), ...acts], { "data-id": id });
    });
    const gone = deleted.map((id) => make("li", "", [written("s", id), " ", act("restore", "Bring back", id)], { "data-gone": id }));
    const held = this.list.contains(document.activeElement);
    this.list.replaceChildren(...rows, ...gone);
    if (held) this.fields.name.focus(); // what was pressed is gone
  }
}
