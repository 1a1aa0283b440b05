// The line above a notebook's answer: whose weights, what was changed, whether that is still so. A notebook that opens
// with answers made beforehand is run once, where it stands, so that all in it can be used.

const WAKING = "The answers below were worked out before. The notebook is being run, so that all of it can be used ...";
const ASLEEP = "The notebook has not run: nothing set in it is saved.";
const WAIT = 1500; // a kernel that is there answers in less

/** The notebook of JupyterLab that an element stands in, where JupyterLab lets its pages see it. */
const notebookOf = (element) => {
  const shell = window.jupyterapp?.shell;
  return shell && [...shell.widgets("main")].find((each) => each.content?.activeCell && each.node.contains(element));
};

/** Leave what a cell shows to be read while it runs; gives what takes it away again. */
function freeze(cell) {
  const shown = cell?.querySelector(".jp-Cell-outputWrapper");
  if (!shown) return () => {};
  const copy = shown.cloneNode(true);
  shown.after(copy);
  shown.style.display = "none";
  return () => {
    copy.remove();
    shown.style.display = "";
  };
}

/** Run all cells of a notebook; whoever reads it stays where they are, unless they move meanwhile. */
async function runAll(notebook, element) {
  if (notebook.aukusRuns) return;
  notebook.aukusRuns = true;
  const { content, context } = notebook, active = content.activeCellIndex, cell = element.closest(".jp-Cell");
  const scroller = content.node.querySelector(".jp-WindowedPanel-outer") ?? content.node;
  const top = cell?.getBoundingClientRect().top, edited = context.model.dirty;
  let moved = false;
  const move = () => (moved = true);
  const stay = () => {
    if (moved || !cell?.isConnected) return;
    if (content.activeCellIndex !== active) content.activeCellIndex = active;
    scroller.scrollTop += cell.getBoundingClientRect().top - top;
  };
  for (const act of ["wheel", "pointerdown", "keydown"]) scroller.addEventListener(act, move, { passive: true, capture: true });
  const staying = setInterval(stay, 50);
  notebook.aukusShows = freeze(cell);
  try {
    await window.jupyterapp.commands.execute("notebook:run-all-cells");
    stay();
    if (!edited) await context.save(); // what the reader wrote is theirs to save
  } finally {
    clearInterval(staying);
    for (const act of ["wheel", "pointerdown", "keydown"]) scroller.removeEventListener(act, move, { capture: true });
    notebook.aukusRuns = false;
    notebook.aukusShows();
  }
}

/** Whether a notebook's kernel is there and does nothing: one at work answers late. */
const idle = (notebook) => notebook.sessionContext.session?.kernel?.status === "idle";

function render({ model, el }) {
  const root = make("div", "awb awo"), line = make("p", "awo-line", undefined, { dir: "auto" });
  const news = make("p", "awo-news", "", { role: "status" });
  const run = make("button", "awb-button", "Run all cells", { type: "button" });
  root.append(line, news, run);
  el.replaceChildren(root);
  let awake = false, waiting;
  const show = () => {
    const notebook = notebookOf(el), runs = Boolean(notebook?.aukusRuns);
    say(line, model.get("line"));
    say(news, awake ? model.get("stale") : runs ? WAKING : `${ASLEEP}${notebook ? "" : " Choose Run > Run All Cells."}`);
    run.hidden = !notebook || runs || !news.textContent;
  };
  /** Until the kernel answers: have the notebook run, once, when somebody looks at it. */
  const wait = () => {
    const notebook = notebookOf(el);
    if (notebook && !notebook.aukusWoken && window.jupyterapp.shell.currentWidget === notebook && idle(notebook)) {
      notebook.aukusWoken = true;
      runAll(notebook, el).finally(show);
    }
    show();
    waiting = setTimeout(wait, WAIT);
  };
  run.addEventListener("click", () => {
    const notebook = notebookOf(el);
    if (notebook) runAll(notebook, el).finally(show);
    show();
  });
  const answered = (message) => {
    if (!message?.awake) return;
    awake = true;
    clearTimeout(waiting);
    show();
    requestAnimationFrame(() => notebookOf(el)?.aukusShows?.());
  };
  model.on("msg:custom", answered);
  model.on("change:stale", show);
  say(line, model.get("line"));
  run.hidden = true;
  try {
    model.send({ awake: true, views: 1 });
  } catch {
    // no kernel
  }
  waiting = setTimeout(wait, WAIT);
  return () => {
    clearTimeout(waiting);
    model.off("msg:custom", answered);
    model.off("change:stale", show);
    try {
      model.send({ views: -1 });
    } catch {
      // no kernel
    }
  };
}

export default { render };
