import type { Duration } from "./duration.ts";
import type { Car, StandingOf } from "./standing.ts";

export type Train = StandingOf<"train">;

/** So long a train that stopped on its way can be gone on with. */
export const GOES_ON_WITHIN: Duration = { milliseconds: 7 * 24 * 3_600_000 };

/** What it merges just now; undefined: it has not begun, or all of it is merged. */
export const carUnderWay = ({ cars }: Train): Car | undefined => cars?.find(({ released }) => released === null);

/** Whether two repositories are the same by their names, in which GitHub knows no case. */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The first repository that both take along; undefined: none. */
export const sharedBy = (one: Train, other: Train): string | undefined =>
  one.of.find((name) => other.of.some((also) => isSameName(name, also)));

/** How it is asked for: a name of several words stands in quotes. */
export const trainLine = (name: string): string => `/promote train ${name.includes(" ") ? `"${name}"` : name}`;
