import { between, type Instant } from "../flow/names.ts";
import { type Html, html } from "./html.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2026-11-22 09:40:00 UTC`, to the second. */
export const utc = (at: Instant): string => `${at.slice(0, 19).replace("T", " ")} UTC`;

/** How long ago, or in how long, in the largest unit of which there is at least one. */
export function ago(at: Instant, now: Instant): string {
  const past = between(at, now);
  const distance = Math.abs(past);
  if (distance < MINUTE) return past < 0 ? "in a moment" : "just now";
  const [size, unit] = distance < HOUR ? [MINUTE, "min"] : distance < DAY ? [HOUR, "h"] : [DAY, "d"];
  const text = `${Math.floor(distance / size)} ${unit}`;
  return past < 0 ? `in ${text}` : `${text} ago`;
}

/** "2 h ago", with the exact time for who hovers and for machines. */
export const since = (at: Instant, now: Instant): Html =>
  html`<time datetime="${at}" title="${utc(at)}">${ago(at, now)}</time>`;

/** "2 h ago · 2026-11-22 09:40:00 UTC", for a screen that cannot hover. */
export const moment = (at: Instant, now: Instant): Html =>
  html`<time datetime="${at}">${ago(at, now)} <span class="quiet">${utc(at)}</span></time>`;
