import { expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import { fixIssue, rollbackBody } from "../../src/report/rollback.ts";
import { rollback, rollingBack } from "../decide/under-way.ts";
import { attested } from "../release/attested.ts";

const told = { rolling: rollingBack(), stage: branch("master"), kept: [".github", "docs/runbooks"], book: null };

it("The pull request of a rollback says what it takes back, and that no data is", () => {
  expect(
    rollbackBody({ ...told, backups: [] }),
  ).toBe(`\`master\` goes back to what \`v1.0.0\` was, and \`v1.1.0\` is withdrawn. \`.github\` and \`docs/runbooks\` stay as they are in ${told.rolling.head.slice(0, 7)}.

**No data transition is run backwards.** What is to be done about data stands in the rollback section of the run-book, where there is one. No backup is on record for what is withdrawn.

Asked for by rita on #12: exports are empty.`);
});

it("It names backups as they were attested", () => {
  const backups = [attested(), { ...attested({ level: "checked" }), by: null, served: 7 }];
  expect(rollbackBody({ ...told, backups })).toContain(
    `These backups were attested for what is withdrawn:

- \`snap-8f31\` of \`postgres-main\`, finished 2026-11-24 09:40 UTC, claimed by otto
- \`snap-8f31\` of \`postgres-main\`, finished 2026-11-24 09:40 UTC, checked, before #7

Asked for`,
  );
});

it("What others wrote is inert", () => {
  const because = "@acme/all <b>#1</b>";
  expect(rollbackBody({ ...told, rolling: rollingBack({ because }), backups: [] })).not.toContain("@acme");
  expect(fixIssue(rollback({ because }), branch("master")).body).not.toContain("<b>");
});
