import { place, timeInRange } from "./range.js";

const answer = await fetch("/api/readings?unit=mg/dL");
const readings = answer.ok ? await answer.json() : [];
const share = timeInRange(readings.map((reading) => reading.value));

document.querySelector("#summary").textContent =
  share === null ? "No readings yet today." : `${share} % of today's readings are in range.`;
document.querySelector("#readings").replaceChildren(
  ...readings.map((reading) => {
    const item = document.createElement("li");
    item.textContent = `${reading.at.slice(11, 16)} ${reading.value} mg/dL (${place(reading.value)})`;
    item.className = place(reading.value).replace(" ", "-");
    return item;
  }),
);
