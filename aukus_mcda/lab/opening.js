// SPDX-License-Identifier: Apache-2.0
// The line above a notebook's answer: whose weights, what was changed, whether that is still so, and whether the notebook
// has run. What runs it is in extensions/.

const WAKING = "The answers below were worked out before. The notebook is being run, so that all of it can be used ...";
const ASLEEP = "The notebook has not run: nothing set in it is saved.";
const LOOK = 500;

function render({ model, el }) {
  const root = make("div", "awb awo"), line = make("p", "awo-line", undefined, { dir: "auto" });
  const news = make("p", "awo-news", "", { role: "status" });
  const run = make("button", "awb-button", "Run all cells", { type: "button" });
  root.append(line, news, run);
  el.replaceChildren(root);
  let awake = false;
  const show = () => {
    const does = el.closest(".jp-NotebookPanel")?.dataset.aukus; // nothing outside JupyterLab as `lab` starts it
    say(line, model.get("line"));
    say(news, awake ? model.get("stale") : does === "runs" ? WAKING : `${ASLEEP}${does ? "" : " Choose Run > Run All Cells."}`);
    run.hidden = does !== "ran" || !news.textContent;
  };
  run.addEventListener("click", () => {
    run.dispatchEvent(new CustomEvent("aukus-run", { bubbles: true }));
    show();
  });
  const answered = (message) => {
    if (!message?.awake) return;
    awake = true;
    show();
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
  const looking = setInterval(show, LOOK);
  return () => {
    clearInterval(looking);
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
