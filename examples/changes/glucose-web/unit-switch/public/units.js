/** What a value in mg/dL is called in the unit that the person chose. */
export function shown(mgdl, unit) {
  return unit === "mmol/L" ? `${(mgdl / 18.0182).toFixed(1)} mmol/L` : `${mgdl} mg/dL`;
}
