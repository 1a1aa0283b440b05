// SPDX-License-Identifier: Apache-2.0
// The trade-off check: one trade a screen, what each answer says of the weights below it. Python chooses the question.

class Trades extends Screens {
  constructor(model, host) {
    super(model, host, "awt", "");
    this.back.hidden = true;
    this.list = make("ol", "awt-answered", undefined, { "aria-label": "Your answers", "aria-live": "polite" });
    this.status.before(this.list);
    if (this.outbox.adopt()) this.outbox.send();
    this.follow(["question", "answered", "ending"]);
    this.heard();
  }

  forward() {
    const { chosen } = this.value;
    if (!chosen) return say(this.messages, "Choose one of the three.");
    const { doubt, at, kind, remark, ...asked } = this.anew ?? this.model.get("question");
    this.anew = undefined;
    this.focus = true;
    this.tell("trade_off", { ...asked, answer: chosen });
    this.heard();
  }

  heard() {
    const question = this.anew ?? this.model.get("question"), answered = this.model.get("answered"), waiting = this.outbox.pending.length;
    const key = waiting ? "waiting" : JSON.stringify(question);
    if (this.root.dataset.asks !== key) {
      this.root.dataset.asks = key;
      this.value = {};
      say(this.messages, "");
      const [title, ...pieces] = waiting ? [["Working out what to ask next."]] : question.give ? this.trade(question) : question.beside ? this.probe(question) : this.end(answered);
      this.screen(title, pieces, this.focus && !waiting);
      this.foot.hidden = !Object.keys(question).length || waiting > 0;
    }
    this.root.dataset.answered = answered.length;
    this.list.replaceChildren(...answered.map((entry) => {
      const line = this.told(entry);
      line.append(make("button", "awb-link", "Answer again", { type: "button", click: () => this.askAgain(entry) }));
      return line;
    }));
    say(this.status, this.unsaved(`Answers are kept in ${this.data.folder}, in trade_offs.jsonl and probes.csv. They change no weight.`));
  }

  /** An answer and what it says of the weights. */
  told({ give, gain, criterion, beside, answer, remark }) {
    if (beside) return sentence("li", answer === "matters" ? "" : "awt-differs", [this.named(criterion), " beside ", this.named(beside), `: ${answer}. `, `${remark[0].toUpperCase()}${remark.slice(1)}. `]);
    const words = { yes: "yes", no: "no", same: "about equal" }[answer];
    return sentence("li", answer === "same" ? "" : "awt-differs", [this.named(give), " for ", this.named(gain), `: ${words}. `, `${remark} `]);
  }

  /** The last answer to a question counts. */
  askAgain(entry) {
    this.anew = entry;
    this.focus = true;
    this.heard();
  }

  end(answered) {
    const trades = answered.filter(({ beside }) => !beside), differ = trades.filter(({ answer }) => answer !== "same").length;
    const agree = differ ? `${differ} of ${trades.length} answers do${differ === 1 ? "es" : ""} not agree with the weights.` : trades.length ? "Your answers agree with the weights." : "That was all.";
    return [[answered.length ? agree : "There is nothing to check."], make("p", "awg-lead", this.model.get("ending"))];
  }

  /** Two options that differ on one criterion alone, beside another that is settled. */
  probe({ criterion, beside }) {
    const cards = [[criterion, "They differ", "The one", "The other"], [beside, "The same for both", "First", "Then"]].map(([id, word, ...ends]) => {
      const node = this.nodes.get(id), texts = [node.worst, node.best];
      return this.headed(node, make("p", "awg-word", word), texts.map((text, k) => text && meaning("awg-means", `${ends[k]}:`, text)));
    });
    const title = ["Two options are alike in all but ", this.named(criterion), ". Do you prefer the better one?"];
    const lead = sentence("p", "awg-lead", ["Think of both first at the worst, then at the best of ", this.named(beside), ". If you would not care, one of the two counts twice."]);
    return [title, lead, make("div", "awg-cards", cards), this.radios("awt-choices", [["matters", "Yes, as much at both ends"], ["depends", "Yes, but more at one end"], ["indifferent", "No, I would not care"]], this.value)];
  }

  /** The step given up, from the best of one scale down, and the step gained, from the worst of another to its best. */
  trade({ give, gain, from, to }) {
    const scale = this.data.scales[gain];
    const cards = [[give, "Give up", from, to, false], [gain, "Gain", scale.worst, scale.best, true]].map(([id, word, start, end, better]) => {
      const node = this.nodes.get(id), whole = this.data.scales[id];
      const step = make("b", "", `${figure(start)} \u2192 ${figure(Number(end.toPrecision(3)))}`);
      const ends = better || end === whole.worst ? [[start, better ? node.worst : node.best], [end, better ? node.best : node.worst]] : [[whole.best, node.best], [whole.worst, node.worst]];
      const steps = make("p", "awt-step", [step, written("span", whole.unit ? ` ${whole.unit}` : "", "awg-note awb-name")]);
      return this.headed(node, make("p", "awg-word", word), [steps, ...ends.map(([number, text]) => text && meaning("awg-means", figure(number), text))]);
    });
    const title = ["Would you give up this step on ", this.named(give), " to gain that one on ", this.named(gain), "?"];
    const lead = make("p", "awg-lead", "The weights hold both steps to be worth the same. Say what you feel, all else staying as it is.");
    return [title, lead, make("div", "awg-cards", cards), this.radios("awt-choices", [["yes", "Yes, I would"], ["no", "No, I would not"], ["same", "About equal to me"]], this.value)];
  }
}

export default widget(Trades);
