import { expect, test } from "@jest/globals";
import { wantKey } from "../../src/flow/facts.ts";
import type { WantOfGithub } from "../../src/flow/look.ts";
import { API, connected, FACTS, LEASE, NOW, signedIn } from "./api.ts";

export type Answer = readonly [path: string, status: number, body?: object, headers?: Record<string, string>];
export type Row = {
  readonly what: string;
  readonly want: WantOfGithub;
  /** What GitHub is asked, exactly and once each, and what it answers. */
  readonly answers: readonly Answer[];
  /** The value; a RegExp: why it is not known. */
  readonly gives: unknown;
};

export const R = "/repos/org/api";
export const repository = { id: 100, full_name: "org/api", default_branch: "master", allow_merge_commit: true };
export const next = (path: string) => ({ link: `<${API}${path}>; rel="next", <${API}/last>; rel="last"` });

/** One test a row. */
export function testEach(rows: readonly Row[]): void {
  test.each(rows)("$what", async ({ want, answers, gives }) => {
    const scope = signedIn();
    for (const [path, status, body, headers] of answers) scope.get(path).reply(status, body, headers);
    const { github } = connected();
    const read = await github.look(LEASE, FACTS, [want]);
    scope.done();
    const fact = read.get(wantKey(want));
    if (gives instanceof RegExp) {
      expect(fact).toMatchObject({ known: false, because: expect.stringMatching(gives) });
      expect((fact as { retryAt: string }).retryAt > NOW).toBe(true);
    } else expect(fact).toEqual({ known: true, value: gives, at: NOW });
  });
}
