// What the page gains with a script: a filter, buttons that copy, the server's own address, and the reader's place.
"use strict";

const filter = document.querySelector(".filter");
const input = filter.querySelector("input");
const groups = [...document.querySelectorAll(".contents .group")];

filter.hidden = false;
input.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of groups) {
    let shown = 0;
    for (const item of group.querySelectorAll("li")) {
      const link = item.firstElementChild;
      const text = `${group.firstElementChild.textContent} ${link.textContent} ${link.dataset.path}`.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) shown += 1;
    }
    group.hidden = shown === 0;
    found += shown;
  }
  const counted = found === 1 ? "1 operation" : `${found} operations`;
  filter.querySelector("[role=status]").textContent = words.length > 0 ? counted : "";
});

input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const first = document.querySelector(".contents .group:not([hidden]) li:not([hidden]) a");
  if (first) first.click();
});

document.querySelector("[data-origin]").textContent = location.origin;

// Browsers give pages the clipboard only over https or on the same machine.
if (navigator.clipboard) {
  for (const example of document.querySelectorAll(".example")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(example.querySelector("pre").textContent + "\n");
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    example.firstElementChild.append(button);
  }
}

const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
const targets = [...document.querySelectorAll("main [id]")].filter((target) => links.has(target.id));
let current;
const mark = () => {
  const above = targets.filter((target) => target.getBoundingClientRect().top < 120);
  const nearest = links.get((above.at(-1) ?? targets[0]).id);
  // Small screens show the groups only.
  const link = nearest.offsetParent ? nearest : nearest.closest(".group").firstElementChild;
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  current = link;
  const contents = link.closest(".contents");
  const [inner, outer] = [link.getBoundingClientRect(), contents.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) contents.scrollTop += inner.top - outer.top - outer.height / 3;
  if (inner.left < outer.left || inner.right > outer.right) contents.scrollLeft += inner.left - outer.left - outer.width / 3;
};
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    mark();
  });
}, { passive: true });
mark();
