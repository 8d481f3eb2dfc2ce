import { accept } from "./accept.ts";
import { attest } from "./attest.ts";
import type { Command } from "./command.ts";
import { done, undo } from "./done.ts";
import { freeze, unfreeze } from "./freeze.ts";
import { gates } from "./gates.ts";
import { help } from "./help.ts";
import { hold, unhold } from "./hold.ts";
import { override } from "./override.ts";
import { promote } from "./promote.ts";
import { rollback } from "./rollback.ts";
import { runBook } from "./run-book.ts";
import { confirm, fail, skip } from "./skip.ts";

/** The commands, in the order in which `/help` lists them. */
export const COMMANDS: readonly Command[] = [
  promote,
  rollback,
  gates,
  runBook,
  done,
  undo,
  skip,
  confirm,
  fail,
  override,
  attest,
  hold,
  unhold,
  freeze,
  unfreeze,
  accept,
];
/** With the one that lists them. */
export const ALL: readonly Command[] = [...COMMANDS, help(COMMANDS)];

/** By its name or another word for it. */
export const commandNamed = (name: string): Command | undefined =>
  ALL.find((command) => command.name === name || command.also?.includes(name));
export const NAMES: readonly string[] = ALL.flatMap(({ name, also = [] }) => [name, ...also]);
