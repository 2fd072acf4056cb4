// Comfort only: every form works without this file. It works out the small proof of a form, so that nobody has to wait,
// and counts the characters that are left. It sends nothing, loads nothing and keeps nothing.
"use strict";

const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

async function prove(puzzle) {
  const text = new TextEncoder();
  for (let number = 0; number <= puzzle.maxnumber; number++) {
    const hash = await crypto.subtle.digest("SHA-256", text.encode(puzzle.salt + number));
    if (hex(hash) === puzzle.challenge) {
      const { algorithm, challenge, salt, signature } = puzzle;
      return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    }
  }
  return "";
}

for (const form of document.querySelectorAll("form[data-effort]")) {
  const field = form.querySelector("input[name=proof]");
  const hint = form.querySelector(".effort");
  if (!field || !globalThis.crypto?.subtle) continue; // without https there is no subtle: then the wait stands
  hint.textContent = hint.dataset.busy;
  let proof = null;
  const done = prove(JSON.parse(field.dataset.puzzle)).then((found) => {
    proof = field.value = found;
    hint.textContent = hint.dataset.done;
  });
  form.addEventListener("submit", (event) => {
    if (proof !== null) return;
    event.preventDefault();
    done.then(() => form.requestSubmit(event.submitter));
  });
}

for (const area of document.querySelectorAll("textarea[data-limit]")) {
  const left = document.querySelector(".left");
  const show = () => {
    left.textContent = area.dataset.left.replace("#", area.dataset.limit - [...area.value].length);
  };
  area.addEventListener("input", show);
  show();
}
