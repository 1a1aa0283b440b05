// SPDX-License-Identifier: Apache-2.0
// The export panel: what to make and for whom; below it each file made, to download, open or verify.

function render({ model, el }) {
  const choices = model.get("choices");
  const choice = (legend, ...pieces) => make("fieldset", "awb-choice", [make("legend", "", legend), ...pieces]);
  const tick = (text, value, checked) => {
    const box = make("input", "", undefined, { type: "checkbox", value });
    box.checked = checked;
    return { box, label: make("label", "", [box, written("span", text)]) };
  };
  const ticks = (legend, options, ticked) => {
    const every = options.map(([value, text]) => tick(text, value, ticked(value)));
    return { set: choice(legend, ...every.map(({ label }) => label)), ticked: () => every.filter(({ box }) => box.checked).map(({ box }) => box.value) };
  };
  const files = ticks("Which files", Object.entries(choices.files), (value) => value === "slides");
  const sets = ticks("Whose weights", choices.sets.map((name) => [name, name]), (value) => value === choices.sets[0]);
  const words = Object.entries(choices.audiences).map(([value, text]) => make("option", "", text, { value }));
  const audience = make("select", "awb-select", words, { "aria-label": "Words for likelihood" }), annex = tick("Slides with the annex", "annex", false);
  audience.value = choices.audience;
  const begin = () => {
    say(doing, "Beginning");
    root.dataset.busy = "true";
    model.send({ ask: "make", files: files.ticked(), sets: sets.ticked(), audience: audience.value, annex: annex.box.checked });
  };
  const go = make("button", "awb-go", "Make the files", { type: "button", click: begin });
  const doing = make("p", "awb-doing", "", { role: "status" });
  const fault = make("p", "awb-fault", "", { role: "alert" });
  const list = make("ul", "awb-files");
  const root = make("section", "awb awb-export", [
    files.set, sets.set, choice("For whom", audience, annex.label), make("div", "awb-make", [go, doing]), fault, list,
  ], { "aria-label": "Export", keydown: (event) => event.stopPropagation() }); // Lab's shortcuts would take the keys

  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const wanted = byId(); // what to do with the bytes of a file when they come
  const ask = (file, purpose) => {
    wanted[file.name] = purpose;
    model.send({ ask: "download", path: file.path });
  };
  const link = (text, file, act) => make("button", "awb-link", text, { type: "button", "aria-label": `${text} ${file.name}`, click: act });
  const drawFile = (file) => {
    const head = make("p", "awb-file-head", [
      written("b", file.name), make("span", "awb-soft", `${file.label}, ${file.set}, ${size(file.size)}`),
      link("Download", file, () => ask(file, "download")),
      file.kind === "study" ? link("Open", file, () => ask(file, "open")) : link("Verify", file, () => model.send({ ask: "verify", path: file.path })),
    ]);
    const news = [...file.news, file.state].filter(Boolean).map((text) => written("p", text, "awb-news"));
    return make("li", "awb-file", [head, ...news], { "data-path": file.path, "data-state": file.state });
  };
  const drawFiles = () => list.replaceChildren(...model.get("files").map(drawFile));
  const draw = () => {
    const busy = model.get("doing");
    say(doing, busy ? `${busy} \u2026` : "");
    say(fault, model.get("fault"));
    root.dataset.busy = String(Boolean(busy));
    go.disabled = Boolean(busy);
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
  const heard = { "change:files": drawFiles, "change:doing": draw, "change:fault": draw, "msg:custom": take };
  for (const [event, act] of Object.entries(heard)) model.on(event, act);
  drawFiles();
  draw();
  el.append(root);
  return () => { for (const [event, act] of Object.entries(heard)) model.off(event, act); };
}

export default { render };
