// Fetches the page again every two seconds and puts in the parts marked data-live that have changed, unless somebody
// is at work in them. What was unfolded stays so. Without this script the page is the same after a reload.
const pause = 2000;

const titleOf = (details) => details.querySelector("summary").textContent;

function replace(part, next) {
  const unfolded = new Set([...part.querySelectorAll("details[open]")].map(titleOf));
  part.innerHTML = next.innerHTML;
  for (const details of part.querySelectorAll("details")) {
    if (unfolded.has(titleOf(details))) details.open = true;
  }
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    const shown = part.cloneNode(true);
    for (const details of shown.querySelectorAll("details[open]")) details.open = false;
    if (next && !part.contains(document.activeElement) && next.innerHTML !== shown.innerHTML) replace(part, next);
  }
}

if (document.querySelector("[data-live]")) {
  setInterval(() => refresh().catch(() => {}), pause);
}
