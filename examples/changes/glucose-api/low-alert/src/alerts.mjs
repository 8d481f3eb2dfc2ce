const LOW_MGDL = 70;
const URGENT_MGDL = 54;

/** "urgent", "low", or null: what a new reading asks the person to look at. */
export function alertFor(mgdl) {
  if (mgdl < URGENT_MGDL) return "urgent";
  return mgdl < LOW_MGDL ? "low" : null;
}
