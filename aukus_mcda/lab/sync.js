// Telling Python what was set on the board, whenever it listens, and the analyst whether it is saved.

class Sync {
  constructor(model, data, status, root, state) {
    Object.assign(this, { model, data, status, state, outbox: new Outbox(model, "awb", data, root) });
    this.onSafe = () => this.safe();
    model.on("change:acknowledged", this.onSafe);
    model.on("change:fault", this.onSafe);
  }

  report(change) {
    const { points, profile } = this.state();
    this.outbox.add({ said: change, points, profile });
    clearTimeout(this.sending);
    clearTimeout(this.waiting);
    this.sending = setTimeout(() => this.send(), 120);
    this.waiting = setTimeout(() => this.safe(), 3000);
  }

  /** Send what is pending, with the board as it stands by now: Python may have set it since. */
  send() {
    clearTimeout(this.sending);
    this.outbox.send(this.state());
  }

  /** Say what is written down and what is not. */
  safe() {
    this.outbox.settle();
    const fault = this.model.get("fault");
    if (fault) say(this.status, `Not saved. ${fault}`);
    else if (this.outbox.pending.length && this.data.store)
      say(this.status, "Not saved yet: the kernel is busy or away. The board goes on, and saves when it is back or the cell is run again.");
    else if (this.model.get("acknowledged")) say(this.status, `Saved in ${this.data.folder}.`);
  }

  /** The last of the changes that an earlier board on this case could not save, all of which are now pending here. */
  adopt() {
    return this.outbox.adopt() ? this.outbox.pending.at(-1) : null;
  }

  close() {
    clearTimeout(this.waiting);
    if (this.outbox.pending.length) this.send();
    this.model.off("change:acknowledged", this.onSafe);
    this.model.off("change:fault", this.onSafe);
  }
}
