// Telling Python what was set, whenever it listens: what it has not yet written down is kept in this browser.

class Sync {
  constructor(model, data, status, root) {
    Object.assign(this, { model, data, status, root, pending: [], count: 0 });
    this.session = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    this.onSafe = () => this.safe();
    model.on("change:acknowledged", this.onSafe);
    model.on("change:fault", this.onSafe);
  }

  report(said, state) {
    const { points, profile } = state;
    this.pending.push({ id: `${this.session}:${this.count++}`, at: new Date().toISOString(), said, points, profile });
    if (this.pending.length > 500) this.pending.shift();
    this.keep();
    clearTimeout(this.sending);
    clearTimeout(this.waiting);
    this.sending = setTimeout(() => this.send(state), 120);
    this.waiting = setTimeout(() => this.safe(), 3000);
  }

  send(state) {
    clearTimeout(this.sending);
    try {
      for (const [key, value] of Object.entries(state)) this.model.set(key, value);
      this.model.set("changes", [...this.pending]);
      this.model.save_changes();
    } catch {
      this.safe(); // no kernel: what is pending stays in this browser
    }
  }

  /** What Python has written down need not be kept here; what it has not, is said. */
  safe() {
    const upTo = this.model.get("acknowledged");
    const at = this.pending.findIndex((entry) => entry.id === upTo);
    if (at >= 0) {
      this.pending.splice(0, at + 1);
      this.keep();
    }
    const fault = this.model.get("fault");
    if (fault) say(this.status, `Not saved. ${fault}`);
    else if (this.pending.length && this.data.store)
      say(this.status, "Not saved yet: the kernel is busy or away. The board goes on, and saves when it is back or the cell is run again.");
    else if (upTo) say(this.status, `Saved in ${this.data.folder}.`);
    this.root.dataset.pending = this.pending.length;
  }

  get shelf() {
    return `awb:${this.data.store}:`;
  }

  /** Keep what is pending in this browser, should the kernel or the page go away. */
  keep() {
    this.root.dataset.pending = this.pending.length;
    if (!this.data.store) return;
    try {
      if (this.pending.length) localStorage.setItem(this.shelf + this.session, JSON.stringify(this.pending));
      else localStorage.removeItem(this.shelf + this.session);
    } catch {
      // storage is full or forbidden: the board works without
    }
  }

  /** The last of the changes that an earlier board on this case could not save, all of which are now pending here. */
  adopt() {
    if (!this.data.store) return null;
    const left = [];
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.shelf) && key !== this.shelf + this.session);
      for (const key of keys) {
        left.push(...JSON.parse(localStorage.getItem(key)));
        localStorage.removeItem(key);
      }
    } catch {
      return null;
    }
    const late = left.filter((entry) => entry.at > this.data.saved).sort((a, b) => (a.at < b.at ? -1 : 1));
    if (!late.length || !this.data.resume) return null;
    this.pending = late;
    this.keep();
    return late[late.length - 1];
  }

  close(state) {
    clearTimeout(this.waiting);
    if (this.pending.length) this.send(state);
    this.model.off("change:acknowledged", this.onSafe);
    this.model.off("change:fault", this.onSafe);
  }
}
