import { expect } from "@jest/globals";
import { commitFiles } from "../../sandbox/branches.ts";
import type { Repository } from "../../sandbox/model.ts";
import { must } from "../../sandbox/outcome.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { lanesOnly, OWNER, type World } from "../world.ts";
import { lands, RULESETS_BY_PROMOTE, rulesets, seen, story, summary } from "./telling.ts";

const CONFIG = ".github/flowgate.yml";

/** The organisation's own repository, with this config. */
const organisation = (world: World, config: string): Promise<Repository> =>
  createRepository(world.github, {
    owner: OWNER,
    name: ".github",
    defaultBranch: "main",
    branches: [{ name: "main", commits: [{ message: "Begin", files: { [CONFIG]: config } }] }],
  });
const changes = async (world: World, repository: Repository, config: string) =>
  must(
    await commitFiles(world.github, world.github.as("ada"), repository, {
      branch: "main",
      message: "Change the rules",
      files: { [CONFIG]: config },
    }),
  );
const QUICK = { budget: { points: 1_000_000, inFlight: 64 } };
const LOCKED = `lock: [approvals]
roles: { quality: ["@acme/quality"] }
approvals: { staging: [quality], master: [quality], hotfix: [quality] }
`;

story(
  "An organisation's config holds for every component, and what it locks no component can set otherwise",
  async (world) => {
    const [dora, rita, quinn] = [world.person("dora"), world.person("rita"), world.person("quinn")];
    const home = await organisation(world, LOCKED);
    await world.quiet();
    await dora.pushes("feature/login", "development");
    await lands(world, dora, "feature/login", "development");
    const promotion = await rita.opens("development", "staging");
    await world.quiet();
    expect(seen(world, promotion)).toEqual({
      name: "flowgate: staging",
      is: "in_progress",
      title: "1 of 9 gates open. Waits for quality to approve.",
    });
    expect(summary(world, promotion).replaceAll("\\", "")).toContain(
      "The config is in force, but for this: `approvals` is locked by the organisation's .github/flowgate.yml, so the value here does not count; take it out.",
    );
    await quinn.approves(promotion);
    await world.quiet();
    expect(seen(world, promotion)?.is).toBe("success");

    // What is pushed past its own gate is not in force.
    await changes(world, home, LOCKED.replace("staging: [quality]", "staging: []"));
    await world.quiet();
    await quinn.dismisses(promotion);
    await world.quiet();
    expect(seen(world, promotion)).toMatchObject({
      is: "in_progress",
      title: "1 of 9 gates open. Waits for quality to approve.",
    });
  },
  { config: lanesOnly(), settings: QUICK },
);

story(
  "An organisation's config switches enforcement on where a component has none",
  async (world) => {
    expect(rulesets(world)).toEqual([]);
    await organisation(world, "enforcement: managed\n");
    await world.quiet();
    expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
    await world.person("dora").pushes("feature/login", "development");
    const number = await world.person("dora").opens("feature/login", "master");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "failure" });
  },
  { config: null },
);
