import { fromMgdl, toMgdl } from "./units.mjs";

const MAX_BATCH = 288;
const PLAUSIBLE_MGDL = { lowest: 10, highest: 1000 };

/** Keeps readings by person; the database adapter has the same three methods. */
export function createReadings() {
  const byPerson = new Map();
  return {
    add(person, readings) {
      if (readings.length > MAX_BATCH) throw new RangeError(`at most ${MAX_BATCH} readings at once`);
      const accepted = readings.map(({ at, value, unit }) => ({ at: new Date(at).toISOString(), mgdl: plausible(toMgdl(value, unit)) }));
      byPerson.set(person, [...(byPerson.get(person) ?? []), ...accepted].sort((a, b) => a.at.localeCompare(b.at)));
      return accepted.length;
    },
    between(person, from, to, unit) {
      return (byPerson.get(person) ?? [])
        .filter((reading) => reading.at >= from && reading.at < to)
        .map((reading) => ({ at: reading.at, value: fromMgdl(reading.mgdl, unit), unit }));
    },
  };
}

function plausible(mgdl) {
  if (mgdl < PLAUSIBLE_MGDL.lowest || mgdl > PLAUSIBLE_MGDL.highest) throw new RangeError(`implausible glucose value: ${mgdl} mg/dL`);
  return mgdl;
}
