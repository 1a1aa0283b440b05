// SPDX-License-Identifier: Apache-2.0
// What the guides share: a question a screen, forward and back. Texts of the case are only ever set as text.

class Screens extends View {
  /** `progress` says what the bar at the top counts; blank without a bar. */
  constructor(model, host, shelf, progress) {
    super(model, host, `awb awg ${shelf}`, shelf);
    const head = this.head("awg-head");
    this.where = make("p", "awg-where");
    this.bar = make("div", "awg-bar", undefined, { role: "progressbar", "aria-valuemin": "0", "aria-label": progress });
    this.bar.append(make("span", ""));
    if (progress) head.append(this.where, this.bar);
    this.form = make("form", "awg-form");
    this.form.noValidate = true;
    this.body = make("div", "awg-body");
    this.messages = make("p", "awg-message", "", { role: "alert" });
    this.back = make("button", "awb-button awg-button", "Back", { type: "button", "data-act": "back" });
    this.next = make("button", "awb-button awg-button awg-next", "Next", { type: "submit", "data-act": "next" });
    this.foot = make("div", "awg-foot");
    this.foot.append(this.back, this.next);
    this.form.append(this.body, this.messages, this.foot);
    this.root.append(head, this.form, this.status);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.forward();
    });
    this.back.addEventListener("click", () => this.goTo(this.at - 1));
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
    const row = make("div", cls, undefined, { role: "radiogroup", "aria-labelledby": `${this.unique}-q` });
    for (const [id, shown] of choices) {
      const label = make("label", "awg-pick"), radio = make("input", "", undefined, { type: "radio", name: `${this.unique}-choice`, value: id });
      const card = typeof shown === "string" ? make("div", "awg-card") : shown;
      if (card !== shown) card.append(make("b", "awg-name", shown));
      radio.checked = value.chosen === id;
      radio.addEventListener("change", () => {
        value.chosen = id;
        say(this.messages, "");
      });
      label.append(radio, card);
      row.append(label);
    }
    return row;
  }

  /** A card that is headed by a criterion. */
  headed(node, ...above) {
    const card = make("div", "awg-card");
    card.style.setProperty("--awb-colour", node.colour);
    card.append(...above, make("b", "awg-name awb-name", node.name, { dir: "auto" }));
    return card;
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
