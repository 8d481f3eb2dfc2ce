import { expect } from "@jest/globals";
import { evidenceOf } from "../stories/downloading.ts";
import { releases } from "../stories/promoting.ts";
import { lanesOnly, RUN_BOOK_PATH, type World, type WorldOptions } from "../world.ts";
import type { Killable } from "./killable.ts";

/** As few as a rehearsal can do with, so that a round is quick. */
const STAGES = ["staging", "master"];
const ROLES = `roles: { release-manager: ["@acme/release-managers"], operations: ["@acme/operations"] }\n`;
const CONFIG = lanesOnly(STAGES).replace("merge_by: anyone\n", "").replace("runbook: { required: false }\n", ROLES);
/** A release takes a rehearsal and a release manager's word, and is published by itself. */
export const BY_RUN_BOOK: Pick<WorldOptions, "config" | "stages"> = { config: CONFIG, stages: STAGES };
/** Both of its items come after the merge. */
const RUN_BOOK = `# Run-book

## Deploy

- [ ] Run scripts/activate.sh

## Test

- [ ] Log in

## Rollback

Run scripts/activate.sh with the tag before.

## Monitor

Look at https://status.example.com
`;

/** Each once, in the order in which they are made. */
export const PRELIMINARY = ["evidence.json", "evidence.md", "manifest.sha256"];
export const FINAL = ["evidence.json", "evidence.md", "svr.json", "manifest.sha256"];

/** What is not killed. */
export async function does(killable: Killable, act: () => Promise<unknown>): Promise<void> {
  await act();
  expect(await killable.quiet()).toBe("quiet");
}

/** A feature with a run-book that differs from the one before goes into staging, and is taken on; the release's number. */
export async function opened(killable: Killable, round: number): Promise<number> {
  const { world } = killable;
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  const files = { [RUN_BOOK_PATH]: `${RUN_BOOK}\nThe ${round}. release.\n` };
  await dora.pushes(`feature/${round}`, "staging", { message: `feat: ${round}`, files });
  const feature = await dora.opens(`feature/${round}`, "staging");
  await killable.quiet();
  await does(killable, () => rita.says(feature, "/promote"));
  return feature + 1;
}

/** The newest release: whether it is a draft, which evidence it has, who let it be published, and its files; one that broke off by `null`. */
export async function newest(world: World) {
  const { id, tagName, draft } = releases(world).at(-1) as ReturnType<typeof releases>[number];
  const { state, authorised } = await evidenceOf(world, tagName);
  const files = world.github.find.assetsOf(id).map(({ name, stored }) => stored && name);
  return { tagName, draft, state, files, by: authorised?.by.login ?? null };
}
