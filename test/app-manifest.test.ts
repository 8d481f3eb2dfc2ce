import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

type Manifest = {
  readonly public: boolean;
  readonly hook_attributes: { readonly url: string };
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
};

/** The permission, with read at least, without which GitHub refuses a subscription: its page of webhook events and payloads. */
const needed: Readonly<Record<string, string>> = {
  branch_protection_rule: "administration",
  check_run: "checks",
  check_suite: "checks",
  create: "contents",
  delete: "contents",
  deployment: "deployments",
  deployment_protection_rule: "deployments",
  deployment_status: "deployments",
  issue_comment: "issues",
  issues: "issues",
  label: "issues",
  member: "members",
  membership: "members",
  merge_group: "merge_queues",
  organization: "members",
  pull_request: "pull_requests",
  pull_request_review: "pull_requests",
  push: "contents",
  release: "contents",
  repository: "metadata",
  repository_ruleset: "administration",
  status: "statuses",
  team: "members",
};

const text = readFileSync("app.yml", "utf8");
const manifest = parse(text) as Manifest;

test("the App asks for exactly the events it acts on, and none that come unasked", () => {
  expect([...manifest.default_events].sort()).toEqual(Object.keys(needed).sort());
  expect(manifest.default_events.filter((event) => event.startsWith("installation"))).toEqual([]);
});

test.each(Object.entries(needed))(
  "the event %s comes only with the permission %s, and the manifest says so",
  (event, permission) => {
    expect(manifest.default_permissions[permission]).toMatch(/^(read|write)$/);
    expect(text).toMatch(new RegExp(`Needs ${permission}\\.\\n  - ${event}$`, "m"));
  },
);

test("each permission stands there with a reason", () => {
  for (const permission of Object.keys(manifest.default_permissions))
    expect(text).toMatch(new RegExp(`^  # .+\\.\\n  ${permission}: (read|write)$`, "m"));
  expect(manifest.default_permissions).toEqual({
    contents: "write",
    pull_requests: "write",
    checks: "write",
    statuses: "write",
    issues: "write",
    deployments: "write",
    actions: "read",
    merge_queues: "read",
    metadata: "read",
    administration: "write",
    workflows: "write",
    members: "read",
  });
});

test("only its owner can install the App, and its webhooks arrive where the server listens", () => {
  expect(manifest.public).toBe(false);
  expect(new URL(manifest.hook_attributes.url).pathname).toBe("/api/github/webhooks");
});
