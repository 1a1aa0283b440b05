// SPDX-License-Identifier: Apache-2.0
// An extension of JupyterLab, written as JupyterLab loads it, so that nothing has to be built. A notebook that opens with
// answers made beforehand is run once, where it stands, when somebody looks at it. No widget could do that: now and then
// JupyterLab does not find the widgets that a notebook was stored with.
// What a notebook does stands at its node, `data-aukus`, for the line above the answer to tell: `runs` or `ran`.

const OURS = "aukus_mcda"; // in the metadata of a notebook that was prepared
const LOOK = 400;
const DRAWN = 200; // what a cell gives is on the page by then

const sources = (notebook) => notebook.content.widgets.map(({ model }) => model.sharedModel.source).join("\n");

/** Leave what a cell shows to be read while it runs; gives what takes it away again. */
function freeze({ node }) {
  const shown = node.querySelector(".jp-Cell-outputWrapper");
  if (!shown) return () => {};
  const copy = shown.cloneNode(true);
  shown.after(copy);
  shown.style.display = "none";
  return () => {
    copy.remove();
    shown.style.display = "";
  };
}

/** Run one cell after another: JupyterLab's own command empties them all at once, long before the last has its turn. */
async function runCells({ content, sessionContext }) {
  let stopped = false;
  for (const cell of content.widgets.filter(({ model }) => model.type === "code")) {
    if (cell.isDisposed) continue;
    if (stopped) cell.model.clearExecution(); // answers of an earlier run do not stand beneath an error
    else {
      const thaw = freeze(cell);
      const reply = await cell.constructor.execute(cell, sessionContext).finally(() => setTimeout(thaw, DRAWN));
      stopped = reply?.content.status === "error" && !cell.model.getMetadata("tags")?.includes("raises-exception");
    }
  }
}

/** Run all cells of a notebook and save it if it is as opened. */
async function runAll(app, notebook, opened) {
  const { context, node } = notebook;
  node.dataset.aukus = "runs";
  try {
    await runCells(notebook);
    const { last_modified } = await app.serviceManager.contents.get(context.path, { content: false });
    const sole = last_modified === context.contentsModel?.last_modified; // else JupyterLab asks which to keep
    if (sole && sources(notebook) === opened) await context.save(); // what the reader wrote is theirs to save
  } finally {
    node.dataset.aukus = "ran";
  }
}

/** Whether a kernel has run one of our notebooks already, as where a page was loaded anew. */
async function hasRun(kernel) {
  const asked = { ran: `'${OURS}' in __import__('sys').modules` };
  const reply = await kernel.requestExecute({ code: "", silent: true, store_history: false, user_expressions: asked }).done;
  return reply.content.user_expressions?.ran?.data?.["text/plain"] === "True";
}

/** Whether a notebook was prepared, and JupyterLab trusts all that is in it: nobody else's code runs by being opened. */
const isOurs = (notebook) =>
  notebook?.context?.isReady && notebook.context.model.getMetadata?.(OURS)?.ran
  && notebook.content.widgets.every(({ model }) => model.type !== "code" || model.trusted);

function activate(app) {
  const looked = new WeakSet(), opened = new WeakMap();
  setInterval(async () => {
    const notebook = app.shell.currentWidget;
    if (looked.has(notebook) || !isOurs(notebook)) return;
    if (!opened.has(notebook)) opened.set(notebook, sources(notebook));
    const kernel = notebook.sessionContext.session?.kernel;
    if (kernel?.status !== "idle") return; // one at work answers late
    looked.add(notebook);
    notebook.node.dataset.aukus = "runs";
    const ran = await hasRun(kernel).catch(() => undefined); // of a kernel that went away nothing is known
    if (ran === false) return runAll(app, notebook, opened.get(notebook));
    if (!ran) looked.delete(notebook);
    notebook.node.dataset.aukus = "ran";
  }, LOOK);
  document.addEventListener("aukus-run", ({ target }) => {
    const notebook = app.shell.currentWidget;
    if (notebook?.node.contains(target)) runAll(app, notebook, opened.get(notebook));
  });
}

const plugin = { id: "aukus-mcda:opening", autoStart: true, activate };

// ---- a tile in the launcher ----------------------------------------------------------------------------------------

const FIRST = "notebooks/00_start_here.ipynb"; // where `aukus-mcda lab` puts it
const bar = (y, width, colour) => `<rect x="6" y="${y}" width="${width}" height="10" fill="${colour}"/>`;
const bars = bar(8, 40, "#1F5F8B") + bar(22, 32, "#8A94A3") + bar(36, 24, "#8A94A3");
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 52 52">${bars}</svg>`;

function tile(app, launcher, icon) {
  const command = "aukus-mcda:start";
  app.commands.addCommand(command, {
    label: "Compare options",
    icon,
    caption: "The answer, the weight board and the way to all other notebooks",
    execute: () => app.commands.execute("docmanager:open", { path: FIRST }),
  });
  launcher.add({ command, category: "aukus-mcda", rank: 0 });
}

/** What JupyterLab itself shares of one of its packages. */
const shared = async (scope, name) => (await Object.values(scope[name])[0].get())();

let scope;
globalThis._JUPYTERLAB ??= {};
globalThis._JUPYTERLAB["aukus-mcda"] = {
  init: (given) => (scope = given),
  get: async () => {
    const { ILauncher } = await shared(scope, "@jupyterlab/launcher");
    const { LabIcon } = await shared(scope, "@jupyterlab/ui-components");
    const icon = new LabIcon({ name: "aukus-mcda:bars", svgstr: ICON });
    const show = (app, launcher) => tile(app, launcher, icon);
    const launching = { id: "aukus-mcda:launcher", autoStart: true, requires: [ILauncher], activate: show };
    return () => ({ __esModule: true, default: [plugin, launching] });
  },
};
