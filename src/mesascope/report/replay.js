"use strict";
// Step through the frames of each replay. Without this script all frames stand in a row.
for (const replay of document.querySelectorAll("[data-replay]")) {
  const frames = [...replay.querySelectorAll("[data-frame]")];
  if (frames.length < 2) continue;
  const controls = replay.querySelector(".controls");
  const output = controls.querySelector("output");
  const button = (name) => controls.querySelector(`[data-act="${name}"]`);
  let at = 0;
  let all = false;

  const show = () => {
    frames.forEach((frame, i) => { frame.hidden = !all && i !== at; });
    output.textContent = all ? `all ${frames.length}` : `${at + 1} of ${frames.length}`;
    // Not `disabled`: a button that vanishes under the keyboard's focus loses it.
    button("back").setAttribute("aria-disabled", String(all || at === 0));
    button("on").setAttribute("aria-disabled", String(all || at === frames.length - 1));
    button("all").setAttribute("aria-pressed", String(all));
    replay.classList.toggle("stepping", !all);
  };
  const go = (to) => {
    if (all) return;
    at = Math.min(Math.max(to, 0), frames.length - 1);
    show();
  };

  button("back").addEventListener("click", () => go(at - 1));
  button("on").addEventListener("click", () => go(at + 1));
  button("all").addEventListener("click", () => { all = !all; show(); });
  replay.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: frames.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(to);
  });
  replay.tabIndex = 0;
  controls.hidden = false;
  show();
}

// On paper nothing can be opened: open it first, and close it again afterwards.
const opened = [];
addEventListener("beforeprint", () => {
  for (const item of document.querySelectorAll("details:not([open])")) {
    item.open = true;
    opened.push(item);
  }
});
addEventListener("afterprint", () => {
  for (const item of opened.splice(0)) item.open = false;
});
