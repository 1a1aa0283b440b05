// SPDX-License-Identifier: Apache-2.0
// The line above a notebook's answer: whose weights, what was changed, whether that is still so, and whether the notebook
// has run. What runs it is in extensions/.

const WAKING = "The answers below were worked out before. The notebook is being run, so that all of it can be used ...";
const ASLEEP = "The notebook has not run: nothing set in it is saved.";
const LOOK = 500;

function render({ model, el }) {
  const line = written("p", model.get("line"), "awo-line"), news = make("p", "awo-news", "", { role: "status" });
  const run = make("button", "awb-button", "Run all cells", { type: "button", hidden: "", click: () => asks() });
  el.replaceChildren(make("div", "awb awo", [line, news, run]));
  let awake = false;
  const show = () => {
    const does = el.closest(".jp-NotebookPanel")?.dataset.aukus; // nothing outside JupyterLab as `lab` starts it
    say(line, model.get("line"));
    const stale = model.get("stale");
    say(news, does === "runs" && (stale || !awake) ? WAKING : awake ? stale : `${ASLEEP}${does ? "" : " Choose Run > Run All Cells."}`);
    run.hidden = does !== "ran" || !news.textContent;
  };
  const asks = () => {
    say(news, WAKING); // before a copy of it is left to be read while the cell runs
    run.hidden = true;
    run.dispatchEvent(new CustomEvent("aukus-run", { bubbles: true }));
  };
  const answered = (message) => {
    if (!message?.awake) return;
    awake = true;
    show();
  };
  model.on("msg:custom", answered);
  model.on("change:stale", show);
  tellPython(model, { awake: true, views: 1 });
  const looking = setInterval(show, LOOK);
  return () => {
    clearInterval(looking);
    model.off("msg:custom", answered);
    model.off("change:stale", show);
    tellPython(model, { views: -1 });
  };
}

export default { render };
