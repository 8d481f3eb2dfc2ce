import { describe, expect, it } from "@jest/globals";
import { isConfirmed, type Override } from "../../src/flow/override.ts";
import { overrideIssue, overrideLinked } from "../../src/report/override.ts";
import { NOW } from "../builders.ts";
import { overriding } from "../gates/asking.ts";

const confirmed = (more: Partial<Override> = {}) => {
  const one = overriding(more);
  if (!isConfirmed(one)) throw new Error("nobody confirmed it");
  return one;
};

describe("The issue about an override", () => {
  it("says what was let through, by whom, why, until when, and who closes it", () => {
    const one = confirmed();
    expect(overrideIssue(one, null)).toEqual({
      title: "checks was overridden on #12",
      state: "open",
      mark: `<!-- flowgate:override ${one.key} -->`,
      body: `rita let the gate \`checks\` pass on #12, for \`2736fab\` into \`master\` alone, at 2026-11-24 09:40 UTC; otto confirmed it.

- Why: the runner is down
- What the gate said: build ended in failure on 1234567.

To be made good and closed by **2026-11-29 09:40 UTC**. Somebody in quality, or a release manager who took no part in it, closes it, here or on #12, with \`/override close N because …\`, where N is the number of this issue. After that time it holds the next release. Closing this issue alone changes nothing.

<!-- flowgate:override ${one.key} -->`,
    });
  });

  it("says why it is over", () => {
    const { body, state } = overrideIssue(confirmed(), "quinn closed it: the build is green");
    expect(state).toBe("closed");
    expect(body).toContain("\n\nNo longer open: quinn closed it: the build is green.\n\n");
    expect(body).not.toContain("/override close");
  });

  it("shows what people wrote inert", () => {
    const { body } = overrideIssue(confirmed({ because: "**@acme/all** <img>\n# now" }), null);
    expect(body).toContain("- Why: \\*\\*@\u200bacme/all\\*\\* \\<img\\> \\# now\n");
  });
});

describe("The answer to who confirmed", () => {
  const until =
    "To be made good and closed by 2026-11-29 09:40 UTC: somebody in quality, or a release manager who took no part in it, writes";
  const refused = { fingerprint: "f" as never, because: "GitHub answered 410 (Issues are disabled).", at: NOW };

  it("links the issue", () => {
    const written = { fingerprint: "f" as never, id: 44, completed: false, at: NOW };
    expect(overrideLinked(confirmed(), { written, refused: null })).toBe(
      ` #44 tells of it. ${until} \`/override close 44 because …\`.`,
    );
    expect(overrideLinked(confirmed(), { written, refused })).toContain("#44 tells of it.");
  });

  it("says where GitHub took none, and how it is closed then", () => {
    expect(overrideLinked(confirmed(), { written: null, refused })).toBe(
      ` Its issue could not be opened: GitHub answered 410 (Issues are disabled). ${until} \`/override close 12 because …\`.`,
    );
  });
});
