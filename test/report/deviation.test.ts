import { describe, expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import type { Push } from "../../src/flow/provenance.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import type { Deed, Touched } from "../../src/flow/touched.ts";
import { issueOf, sentenceOf } from "../../src/report/deviation.ts";
import { touchedCure, touchedSentence, touchedTitle } from "../../src/report/touched.ts";
import { at, NOW, REPOSITORY } from "../builders.ts";

const STAGING = branch("staging");
const push: Push = {
  how: "push",
  before: at("before"),
  after: at("after"),
  by: { id: 6, login: "devin", bot: false },
  commits: 1,
  at: NOW,
};
const [before, after] = [at("before").slice(0, 7), at("after").slice(0, 7)];
const deviation = (more: Partial<Push> = {}, merged: number | null = null): StandingOf<"deviation"> => {
  const one = { ...push, ...more };
  return {
    kind: "deviation",
    key: "deviation:42:staging:x",
    by: one.by && { id: one.by.id, login: one.by.login },
    at: NOW,
    because: sentenceOf(one, STAGING, merged),
    repository: REPOSITORY,
    stage: STAGING,
    push: one,
  };
};

describe("What was done by hand to a release", () => {
  const RITA = { id: 8, login: "rita" };
  const touched = (did: Deed, ended: Touched["ended"]): Touched => ({
    did,
    tag: "v1.4.0",
    commit: at("merged"),
    ended,
    at: NOW,
  });
  const commit = at("merged").slice(0, 7);
  it.each<[Deed, Touched["ended"], string, string]>([
    [
      "published",
      null,
      "Release v1.4.0 was published by hand, by rita at 2026-11-24 09:40 UTC, before it was verified",
      "What is left of its run-book is still to be done: then Flowgate releases it, and no other release goes in before. ",
    ],
    [
      "published",
      "withdrawn",
      "Release v1.4.0 was published by hand, by rita at 2026-11-24 09:40 UTC, though it was withdrawn",
      "",
    ],
    [
      "deleted",
      "withdrawn",
      "Release v1.4.0 was deleted by hand, by rita at 2026-11-24 09:40 UTC",
      "Flowgate does not make it anew. ",
    ],
    ["published", "released", "Release v1.4.0 was published by hand, by rita at 2026-11-24 09:40 UTC", ""],
    [
      "unpublished",
      "released",
      "Release v1.4.0 was unpublished by hand, by rita at 2026-11-24 09:40 UTC",
      "Flowgate does not publish it again. ",
    ],
    [
      "edited",
      "released",
      "Release v1.4.0 was edited by hand, by rita at 2026-11-24 09:40 UTC",
      "What stands there now is not what Flowgate wrote. ",
    ],
    [
      "deleted",
      "released",
      "Release v1.4.0 was deleted by hand, by rita at 2026-11-24 09:40 UTC",
      "Flowgate does not make it anew. ",
    ],
    [
      "deleted",
      null,
      "Release v1.4.0 was deleted by hand, by rita at 2026-11-24 09:40 UTC",
      "Flowgate drafts it anew, five times in ten minutes at most. ",
    ],
    [
      "tag-moved",
      "released",
      "The tag v1.4.0 was moved by hand, by rita at 2026-11-24 09:40 UTC",
      `It was at ${commit}; Flowgate never moves a tag. `,
    ],
    [
      "tag-deleted",
      "released",
      "The tag v1.4.0 was deleted by hand, by rita at 2026-11-24 09:40 UTC",
      "Flowgate does not make it anew. ",
    ],
    [
      "tag-deleted",
      null,
      "The tag v1.4.0 was deleted by hand, by rita at 2026-11-24 09:40 UTC",
      `Flowgate tags ${commit} with \`v1.4.0\` anew, five times in ten minutes at most. `,
    ],
  ])("is one sentence, with what Flowgate does about it: %s, ended as %s", (did, ended, sentence, follows) => {
    const one = touched(did, ended);
    expect(touchedSentence(one, RITA)).toBe(sentence);
    expect(touchedCure(one, RITA)).toBe(
      `${follows}It is cleared when a release manager or somebody in engineering who did not do it accepts it here with \`/accept ${commit} because …\`. Closing this issue alone changes nothing.`,
    );
  });

  it.each<[Deed, string]>([
    ["edited", "The draft of v1.4.0 was edited by hand again and again"],
    ["deleted", "The draft of v1.4.0 was deleted by hand again and again"],
  ])("is said of a draft only where it has no end, with who can end it: %s", (did, title) => {
    const one: Touched = { ...touched(did, null), draft: true };
    expect(touchedTitle(one)).toBe(title);
    expect(touchedSentence(one, RITA)).toBe(`${title}, by rita at 2026-11-24 09:40 UTC`);
    expect(touchedCure(one, RITA)).toMatch(
      /^Flowgate puts it right five times in ten minutes at most, and then leaves it alone for a while\. `v1\.4\.0` is published only as Flowgate wrote it, and not before that is put right\. Whoever runs what changes it can stop that, and an admin of this repository can take its access away\. It is cleared when /,
    );
  });

  it("has an issue, by whomever it was", () => {
    const one = touched("edited", "released");
    const standing: StandingOf<"deviation"> = {
      kind: "deviation",
      key: "deviation:42:master:release:v1.4.0:edited:0",
      by: null,
      at: NOW,
      because: touchedSentence(one, null),
      repository: REPOSITORY,
      stage: branch("master"),
      touched: one,
    };
    expect(issueOf(standing, null)).toMatchObject({
      title: "Release v1.4.0 was edited by hand",
      state: "open",
      body: expect.stringContaining("cleared when a release manager or somebody in engineering accepts it here"),
    });
    expect(issueOf(standing, null).body).toMatch(/^Release v1\.4\.0 was edited by hand at 2026-11-24 09:40 UTC\.\n/);
    expect(issueOf(standing, "accepted by rita: a typo")).toMatchObject({
      state: "closed",
      body: expect.stringContaining("Cleared: accepted by rita: a typo."),
    });
  });
});

describe("What came past the gates", () => {
  it.each<[Partial<Push>, number | null, string]>([
    [
      {},
      null,
      `${after} was pushed to staging by devin at 2026-11-24 09:40 UTC, and no pull request that passed explains it`,
    ],
    [{}, 12, `#12 was merged into staging as ${after} by devin at 2026-11-24 09:40 UTC, and had not passed`],
    [
      { by: null },
      null,
      `staging moved from ${before} to ${after}, and GitHub told of no push; seen at 2026-11-24 09:40 UTC`,
    ],
    [
      { how: "force-push" },
      null,
      `staging was forced from ${before} to ${after} by devin at 2026-11-24 09:40 UTC, past its gates`,
    ],
    [{ how: "deletion", after: null }, null, `staging was deleted by devin at ${before} at 2026-11-24 09:40 UTC`],
    [{ how: "deletion", after: null, by: null }, null, `staging was deleted at ${before} at 2026-11-24 09:40 UTC`],
  ])("is one sentence: %j", (more, merged, sentence) => {
    expect(sentenceOf({ ...push, ...more }, STAGING, merged)).toBe(sentence);
  });

  it("has an issue that says how it is cleared", () => {
    expect(issueOf(deviation(), null)).toEqual({
      title: "Unreviewed push to staging",
      state: "open",
      mark: "<!-- flowgate:deviation deviation:42:staging:x -->",
      body: `${after} was pushed to staging by devin at 2026-11-24 09:40 UTC, and no pull request that passed explains it.

Either a pull request into \`staging\` takes it back, or a release manager or somebody in engineering who did not push it accepts it here with \`/accept ${after} because …\`. Until then \`staging\` is not promoted. Closing this issue alone changes nothing.

<!-- flowgate:deviation deviation:42:staging:x -->`,
    });
    expect(issueOf(deviation({ how: "force-push" }), null)).toMatchObject({
      title: "Force-push to staging",
      body: expect.stringContaining("It is cleared when a release manager"),
    });
    expect(issueOf(deviation({ how: "deletion", after: null, by: null }), null)).toMatchObject({
      title: "staging was deleted",
      body: expect.stringContaining(
        `a release manager or somebody in engineering accepts it here with \`/accept ${before} because …\``,
      ),
    });
  });

  it("has an issue that says why it is closed, with others' words made inert", () => {
    expect(issueOf(deviation(), "@carl says <b>so</b>")).toMatchObject({
      state: "closed",
      body: expect.stringContaining("Cleared: @\u200bcarl says \\<b\\>so\\</b\\>."),
    });
  });
});
