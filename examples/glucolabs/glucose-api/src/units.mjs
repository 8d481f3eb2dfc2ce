const MGDL_PER_MMOL = 18.0182;

/** Converts a glucose value to mg/dL, rounded to whole numbers as meters show it. */
export function toMgdl(value, unit) {
  if (unit === "mg/dL") return Math.round(value);
  if (unit === "mmol/L") return Math.round(value * MGDL_PER_MMOL);
  throw new RangeError(`unknown unit: ${unit}`);
}

/** Converts a stored mg/dL value for display; mmol/L has one decimal. */
export function fromMgdl(value, unit) {
  if (unit === "mg/dL") return value;
  if (unit === "mmol/L") return Math.round((value / MGDL_PER_MMOL) * 10) / 10;
  throw new RangeError(`unknown unit: ${unit}`);
}
