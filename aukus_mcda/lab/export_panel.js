// SPDX-License-Identifier: Apache-2.0
// The export panel: what to make and for whom; below it each file made, to download, open or verify.

function render({ model, el }) {
  const choices = model.get("choices");
  const root = make("section", "awb awb-export", undefined, { "aria-label": "Export" });
  root.addEventListener("keydown", (event) => event.stopPropagation()); // Lab's shortcuts would take the keys

  const ticks = (legend, options, ticked) => {
    const set = make("fieldset", "awb-choice");
    set.append(make("legend", "", legend));
    const boxes = options.map(([value, text]) => {
      const label = make("label", "");
      const box = make("input", "", undefined, { type: "checkbox", value });
      box.checked = ticked(value);
      label.append(box, make("span", "awb-name", text, { dir: "auto" }));
      set.append(label);
      return box;
    });
    root.append(set);
    return () => boxes.filter((box) => box.checked).map((box) => box.value);
  };
  const files = ticks("Which files", Object.entries(choices.files), (value) => value === "slides");
  const sets = ticks("Whose weights", choices.sets.map((name) => [name, name]), (value) => value === choices.sets[0]);
  const more = make("fieldset", "awb-choice");
  const audience = make("select", "", undefined, { "aria-label": "Words for likelihood" });
  for (const [value, text] of Object.entries(choices.audiences)) {
    const option = make("option", "", text, { value });
    option.selected = value === choices.audience;
    audience.append(option);
  }
  const annexed = make("label", "");
  const annex = make("input", "", undefined, { type: "checkbox" });
  annexed.append(annex, make("span", "", "Slides with the annex"));
  more.append(make("legend", "", "For whom"), audience, annexed);
  root.append(more);

  const go = make("button", "awb-go", "Make the files", { type: "button" });
  const doing = make("p", "awb-doing", "", { role: "status" });
  const fault = make("p", "awb-fault", "", { role: "alert" });
  const list = make("ul", "awb-files");
  const foot = make("div", "awb-make");
  foot.append(go, doing);
  root.append(foot, fault, list);
  go.addEventListener("click", () => {
    say(doing, "Beginning");
    root.dataset.busy = "true";
    model.send({ ask: "make", files: files(), sets: sets(), audience: audience.value, annex: annex.checked });
  });

  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const wanted = byId(); // what to do with the bytes of a file when they come
  const ask = (file, purpose) => {
    wanted[file.name] = purpose;
    model.send({ ask: "download", path: file.path });
  };
  const link = (text, label, act) => {
    const button = make("button", "awb-link", text, { type: "button", "aria-label": label });
    button.addEventListener("click", act);
    return button;
  };
  const drawFiles = () =>
    list.replaceChildren(
      ...model.get("files").map((file) => {
        const item = make("li", "awb-file", undefined, { "data-path": file.path, "data-state": file.state });
        const head = make("p", "awb-file-head");
        head.append(
          make("b", "awb-name", file.name, { dir: "auto" }),
          make("span", "awb-soft", `${file.label}, ${file.set}, ${size(file.size)}`),
          link("Download", `Download ${file.name}`, () => ask(file, "download")),
          ...(file.kind === "study" ? [link("Open", `Open ${file.name}`, () => ask(file, "open"))] : []),
          ...(file.kind === "study" ? [] : [link("Verify", `Verify ${file.name}`, () => model.send({ ask: "verify", path: file.path }))]),
        );
        item.append(head, ...[...file.news, file.state].filter(Boolean).map((text) => make("p", "awb-news", text, { dir: "auto" })));
        return item;
      }),
    );
  const drawDoing = () => {
    say(doing, model.get("doing") ? `${model.get("doing")} \u2026` : "");
    root.dataset.busy = String(Boolean(model.get("doing")));
    go.disabled = Boolean(model.get("doing"));
  };
  const drawFault = () => {
    say(fault, model.get("fault"));
    drawDoing();
  };
  const take = (message, buffers) => {
    const kind = { html: "text/html" }[message.name.split(".").pop()] || "application/octet-stream";
    const address = URL.createObjectURL(new Blob([buffers[0]], { type: kind }));
    const away = make("a", "", "", { href: address, ...(wanted[message.name] === "open" ? { target: "_blank" } : { download: message.name }) });
    root.append(away); // some browsers follow a link only while it is on the page
    away.click();
    away.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  const heard = { "change:files": drawFiles, "change:doing": drawDoing, "change:fault": drawFault, "msg:custom": take };
  for (const [event, act] of Object.entries(heard)) model.on(event, act);
  drawFiles();
  drawDoing();
  drawFault();
  el.append(root);
  return () => { for (const [event, act] of Object.entries(heard)) model.off(event, act); };
}

export default { render };
