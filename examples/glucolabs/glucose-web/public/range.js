/** The consensus target range for most adults, in mg/dL. */
export const TARGET = { low: 70, high: 180 };

/** Says where a value lies: "low", "in range" or "high". */
export function place(mgdl) {
  if (mgdl < TARGET.low) return "low";
  return mgdl > TARGET.high ? "high" : "in range";
}

/** Time in range as a whole percentage; null without readings, because 0 % would be a statement. */
export function timeInRange(values) {
  if (values.length === 0) return null;
  return Math.round((100 * values.filter((value) => place(value) === "in range").length) / values.length);
}
