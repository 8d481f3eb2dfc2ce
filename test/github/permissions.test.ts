import { afterEach, expect, test } from "@jest/globals";
import nock from "nock";
import type { WantOfGithub } from "../../src/flow/look.ts";
import { later } from "../../src/flow/names.ts";
import { API, connected, FACTS, LEASE, NOW, TOKEN } from "./api.ts";

const PERMISSIONS: WantOfGithub = { want: "permissions" };
const granted = { contents: "write", workflows: "write" };
const token = () => nock(API).post("/app/installations/7/access_tokens");

afterEach(() => nock.cleanAll());

test("what the App may do is what its token says, and one token says it for all", async () => {
  const signsIn = token().reply(201, { token: TOKEN, permissions: granted, expires_at: "2099-01-01T00:00:00Z" });
  const { github } = connected();
  for (let time = 0; time < 2; time++) {
    const read = await github.look(LEASE, FACTS, [PERMISSIONS]);
    expect(read.get("permissions")).toEqual({ known: true, value: granted, at: NOW });
  }
  signsIn.done();
});

test("what the App may do is not known without a token", async () => {
  token().reply(500);
  const read = await connected().github.look(LEASE, FACTS, [PERMISSIONS]);
  expect(read.get("permissions")).toEqual({
    known: false,
    because: "GitHub was not asked for the permissions of org/api: Flowgate could not sign in.",
    retryAt: later(NOW, 60_000),
  });
});
