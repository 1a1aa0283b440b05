// SPDX-License-Identifier: Apache-2.0
// What the guides share: a question a screen, forward and back. Texts of the case are only ever set as text.

class Screens extends View {
  /** `progress` says what the bar at the top counts; blank without a bar. */
  constructor(model, host, shelf, progress) {
    super(model, host, `awb awg ${shelf}`, shelf);
    this.where = make("p", "awg-where");
    this.bar = make("div", "awg-bar", [make("span", "")], { role: "progressbar", "aria-valuemin": "0", "aria-label": progress });
    const head = this.head("awg-head");
    if (progress) head.append(this.where, this.bar);
    this.body = make("div", "awg-body");
    this.messages = make("p", "awg-message", "", { role: "alert" });
    this.back = make("button", "awb-button awg-button", "Back", { type: "button", "data-act": "back", click: () => this.goTo(this.at - 1) });
    this.next = make("button", "awb-button awg-button awg-next", "Next", { type: "submit", "data-act": "next" });
    this.foot = make("div", "awg-foot", [this.back, this.next]);
    const forward = (event) => {
      event.preventDefault();
      this.forward();
    };
    this.form = make("form", "awg-form", [this.body, this.messages, this.foot], { novalidate: "", submit: forward });
    this.root.append(head, this.form, this.status);
  }

  /** Put a question, and what answers it, in the place of the one before. */
  screen(title, pieces, focus) {
    const heading = sentence("h2", "awg-question", title, { tabindex: "-1", id: `${this.unique}-q` });
    this.body.replaceChildren(heading, ...pieces);
    if (focus) heading.focus({ preventScroll: false });
  }

  progress(done, of) {
    this.bar.setAttribute("aria-valuemax", of);
    this.bar.setAttribute("aria-valuenow", done);
    this.bar.firstChild.style.width = `${(100 * done) / Math.max(of, 1)}%`;
  }

  /** Choose one: each a value and what it shows, a card or a text. `value.chosen` is what was chosen. */
  radios(cls, choices, value) {
    const choose = ({ target }) => {
      value.chosen = target.value;
      say(this.messages, "");
    };
    const row = make("div", cls, undefined, { role: "radiogroup", "aria-labelledby": `${this.unique}-q`, change: choose });
    for (const [id, shown] of choices) {
      const radio = make("input", "", undefined, { type: "radio", name: `${this.unique}-choice`, value: id });
      radio.checked = value.chosen === id;
      const card = typeof shown === "string" ? make("div", "awg-card", [make("b", "awg-name", shown)]) : shown;
      row.append(make("label", "awg-pick", [radio, card]));
    }
    return row;
  }

  /** A card that is headed by a criterion. */
  headed(node, above, pieces) {
    return make("div", "awg-card", [above, written("b", node.name, "awg-name awb-name"), ...pieces], { "--awb-colour": node.colour });
  }

  /** A button in a sentence that goes to another question. */
  again(text, which, attributes) {
    return make("button", "awb-link", text, { type: "button", ...attributes, click: () => this.goTo(this.steps.findIndex(which)) });
  }

  /** A labelled box whose text is kept in `value` as it is typed. */
  textBox(text, value, key, tag, attributes) {
    const box = make(tag, "awb-text", undefined, { "data-key": key, dir: "auto", ...attributes, input: () => (value[key] = box.value) });
    box.value = value[key] ?? "";
    return labelled("awg-box awg-words", text, box);
  }

  tell(kind, answer) {
    this.outbox.add({ kind, answer });
    this.outbox.send();
  }

  /** A criterion's name, as it is written. */
  named(id) {
    return name(this.nodes.get(id).name);
  }
}
