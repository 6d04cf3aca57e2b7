"use strict";
// Step through an episode or a replay, and play it. Without this script everything is there at once:
// all frames in a row, the whole way with the agent at its end. Nothing moves by itself for readers
// who asked for less motion: they step.
const less = matchMedia("(prefers-reduced-motion: reduce)");

// A drawing in which the agent moves along its way, and what is picked up or moves comes and goes.
const drawn = (drawing) => {
  const steps = drawing.dataset.steps.split(" ").map((step) => step.split(","));
  const agent = drawing.querySelector("[data-agent]");
  const others = [...drawing.querySelectorAll("[data-present]")]
    .filter((one) => one.dataset.present)
    .map((one) => [one, new Set(one.dataset.present.split(" ").map(Number))]);
  const last = steps.length - 1;
  return {
    last,
    first: last,
    says: (at) => `step ${at} of ${last}`,
    draw: (at) => {
      const [x, y, turned] = steps[at];
      agent.setAttribute("transform", `translate(${x} ${y}) rotate(${turned})`);
      for (const [one, times] of others) one.setAttribute("visibility", times.has(at) ? "visible" : "hidden");
    },
  };
};

// Frames of which one is shown, or all.
const framed = (frames) => ({
  last: frames.length - 1,
  first: 0,
  says: (at, all) => (all ? `all ${frames.length}` : frames[at].dataset.frame),
  draw: (at, all) => frames.forEach((frame, i) => { frame.hidden = !all && i !== at; }),
});

for (const root of document.querySelectorAll("[data-play]")) {
  const drawing = root.querySelector("svg[data-steps]");
  const { last, first, says, draw } = drawing ? drawn(drawing) : framed([...root.querySelectorAll("[data-frame]")]);
  if (last < 1 && !drawing) continue;
  const controls = root.querySelector(".controls");
  const output = controls.querySelector("output");
  const [back, on, play, every] = ["back", "on", "play", "all"].map((name) => controls.querySelector(`[data-act="${name}"]`));
  let at = first;
  let all = false;
  let timer = null;

  const show = () => {
    draw(at, all);
    output.textContent = says(at, all);
    output.setAttribute("aria-live", timer ? "off" : "polite"); // not every step of a play read out
    // Not `disabled`: a button that vanishes under the keyboard's focus loses it.
    back.setAttribute("aria-disabled", String(all || at === 0));
    on.setAttribute("aria-disabled", String(all || at === last));
    if (play) {
      play.textContent = timer ? "pause" : "play";
      play.hidden = less.matches;
    }
    every?.setAttribute("aria-pressed", String(all));
    root.classList.toggle("stepping", !all);
  };
  const stop = () => { clearInterval(timer); timer = null; };
  const go = (to) => { if (!all) at = Math.min(Math.max(to, 0), last); show(); };
  const step = (to) => { stop(); go(to); };

  back.addEventListener("click", () => step(at - 1));
  on.addEventListener("click", () => step(at + 1));
  every?.addEventListener("click", () => { stop(); all = !all; show(); });
  play?.addEventListener("click", () => {
    if (timer) { step(at); return; }
    all = false;
    if (at === last) at = 0;
    timer = setInterval(() => { if (at === last) stop(); go(at + 1); }, 180);
    show();
  });
  root.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(to);
  });
  less.addEventListener("change", () => { if (less.matches) stop(); show(); });
  addEventListener("beforeprint", () => step(drawing ? last : at));
  root.tabIndex = 0;
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
