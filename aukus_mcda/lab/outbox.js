// SPDX-License-Identifier: Apache-2.0
// What was reported and Python has not yet written down: kept in this browser, sent again until it is.

class Outbox {
  /** `heard` is called when Python has written something down, could not, or has said nothing for three seconds. */
  constructor(model, shelf, { store, saved, resume }, root, heard) {
    Object.assign(this, { model, store, saved, resume, root, pending: [], count: 0, last: 0 });
    this.session = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    this.shelf = `${shelf}:${store}:`;
    root.dataset.pending = 0;
    this.listen = () => {
      this.settle();
      heard();
    };
    for (const name of ["acknowledged", "fault"]) model.on(`change:${name}`, this.listen);
    this.views(1);
  }

  /** Tell Python that a page shows this widget, or no longer does: while one does, the working folder is looked at. */
  views(more) {
    tellPython(this.model, { views: more });
  }

  add(entry) {
    this.last = Math.max(Date.now(), this.last + 1); // no two at the same moment
    this.pending.push({ id: `${this.session}:${this.count++}`, at: new Date(this.last).toISOString(), ...entry });
    if (this.pending.length > 500) this.pending.shift();
    this.keep();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(this.listen, 3000);
  }

  /** Whether something has been on its way for so long that the kernel must be busy or away. */
  get late() {
    return Boolean(this.store && this.pending.length) && Date.now() - Date.parse(this.pending[0].at) > 2900;
  }

  close() {
    this.views(-1);
    clearTimeout(this.waiting);
    for (const name of ["acknowledged", "fault"]) this.model.off(`change:${name}`, this.listen);
  }

  /** Send all that is pending, and what else changed. */
  send(state = {}) {
    try {
      for (const [key, value] of Object.entries(state)) this.model.set(key, value);
      this.model.set("changes", [...this.pending]);
      this.model.save_changes();
    } catch {
      // no kernel: what is pending stays in this browser
    }
  }

  /** What Python has written down need not be kept here. */
  settle() {
    const upTo = this.model.get("acknowledged");
    const at = this.pending.findIndex((entry) => entry.id === upTo);
    if (at < 0) return;
    this.pending.splice(0, at + 1);
    this.keep();
  }

  /** Give up what is pending and meets a condition. */
  drop(condition) {
    this.pending = this.pending.filter((entry) => !condition(entry));
    this.keep();
  }

  /** Keep what is pending in this browser, should the kernel or the page go away. */
  keep() {
    this.root.dataset.pending = this.pending.length;
    if (this.store) keep(this.shelf + this.session, this.pending.length ? this.pending : undefined);
  }

  /** Take over what an earlier page could not send, in the order it was given; true when there is any. */
  adopt(counts = () => true) {
    if (!this.store) return false;
    const left = shelves().filter((each) => each.startsWith(this.shelf)).flatMap((each) => {
      const entries = recall(each);
      keep(each);
      return Array.isArray(entries) ? entries.filter((entry) => entry?.id && entry.at) : [];
    });
    if (!this.resume) return false;
    this.pending = left.filter((entry) => entry.at > this.saved && counts(entry)).sort((a, b) => (a.at < b.at ? -1 : 1));
    this.keep();
    return this.pending.length > 0;
  }
}

/** The names under which this browser keeps something. */
function shelves() {
  try {
    return Object.keys(localStorage);
  } catch {
    return []; // storage is forbidden
  }
}
