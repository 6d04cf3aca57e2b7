"use strict";
// Play an episode: the agent moves along its way, and what is picked up or moves comes and goes.
// Without this script the whole way is shown, with the agent at its end. Nothing moves by itself
// for readers who asked for less motion: they step.
const still = matchMedia("(prefers-reduced-motion: reduce)");
for (const scene of document.querySelectorAll("[data-scene]")) {
  const drawing = scene.querySelector("svg[data-steps]");
  const steps = drawing.dataset.steps.split(" ").map((pair) => pair.split(","));
  const agent = drawing.querySelector("[data-agent]");
  const others = [...drawing.querySelectorAll("[data-present]")]
    .filter((one) => one.dataset.present)
    .map((one) => [one, new Set(one.dataset.present.split(" ").map(Number))]);
  const controls = scene.querySelector(".controls");
  const output = controls.querySelector("output");
  const button = (name) => controls.querySelector(`[data-act="${name}"]`);
  const last = steps.length - 1;
  let at = last;
  let timer = null;

  const show = () => {
    agent.setAttribute("transform", `translate(${steps[at][0]} ${steps[at][1]})`);
    for (const [one, times] of others) one.setAttribute("visibility", times.has(at) ? "visible" : "hidden");
    output.textContent = `step ${at} of ${last}`;
    output.setAttribute("aria-live", timer ? "off" : "polite"); // not every step of a play read out
    button("play").textContent = timer ? "pause" : "play";
    button("play").hidden = still.matches;
  };
  const stop = () => { clearInterval(timer); timer = null; };
  const go = (to) => { at = Math.min(Math.max(to, 0), last); show(); };
  const play = () => {
    if (timer) { stop(); show(); return; }
    if (at === last) at = 0;
    timer = setInterval(() => { if (at === last) stop(); go(at + 1); }, 180);
    show();
  };

  button("play").addEventListener("click", play);
  button("back").addEventListener("click", () => { stop(); go(at - 1); });
  button("on").addEventListener("click", () => { stop(); go(at + 1); });
  scene.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    stop();
    go(to);
  });
  still.addEventListener("change", () => { if (still.matches) stop(); show(); });
  addEventListener("beforeprint", () => { stop(); go(last); });
  scene.tabIndex = 0;
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
