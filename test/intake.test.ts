import { describe, expect, it } from "@jest/globals";
import { listSeen, withList } from "../src/flow/carried-list.ts";
import type { News } from "../src/flow/decision.ts";
import { intake } from "../src/intake.ts";
import { at, NOW } from "./builders.ts";

const SELF = { app: 7, bot: "flowgate[bot]" };
const repository = { id: 42, full_name: "acme/api", default_branch: "master" };
const place = { repository, installation: { id: 1 } };
const read = (event: string, payload: object, self: typeof SELF | null = SELF): News =>
  intake({ id: "guid", event, payload, at: NOW }, self);
const NOTHING = { lessons: [], nudges: [], asks: [], forget: [], access: [] };

const pull = (more: object = {}) => ({
  number: 12,
  title: "Log in",
  draft: false,
  state: "open",
  merged: false,
  updated_at: "2026-11-24T09:40:00Z",
  user: { id: 5, login: "dora", type: "User" },
  head: { sha: at("login"), ref: "feature/login", repo: { id: 42 } },
  base: { ref: "development" },
  ...more,
});
const pullEvent = (action: string, more: object = {}, of: object = {}) =>
  read("pull_request", { ...place, action, pull_request: pull(of), ...more });
/** A body in which Flowgate lists something. */
const LISTING = withList({ before: "", after: "" }, "- #1 Log in");
const mergeLesson = (news: News) => news.lessons.find((lesson) => lesson.of === "merge");
const pullLesson = (news: News) => news.lessons.find((lesson) => lesson.of === "pull");

describe("a pull request's event", () => {
  it("teaches the pull request and where it is, and has it looked at", () => {
    const news = pullEvent("opened");
    expect(news.installation).toBe(1);
    expect(news.lessons).toEqual([
      {
        of: "component",
        repository: 42,
        installation: 1,
        name: "acme/api",
        defaultBranch: "master",
        look: false,
        branch: null,
      },
      {
        of: "pull",
        repository: 42,
        number: 12,
        asOf: NOW,
        from: {},
        facts: {
          title: "Log in",
          author: { id: 5, login: "dora", bot: false },
          draft: false,
          state: "open",
          merged: false,
          head: { sha: at("login"), ref: "feature/login", repository: 42 },
          base: "development",
          body: null,
          dataLabel: false,
          bump: null,
          mergeCommit: null,
          mergedAt: null,
        },
      },
    ]);
    expect(news.nudges).toEqual([{ priority: "person", subject: { kind: "pull", repository: 42, number: 12 } }]);
  });

  it.each<[string, object, object]>([
    ["synchronize", { before: at("old") }, { head: at("old") }],
    ["synchronize", {}, {}],
    [
      "edited",
      { changes: { title: { from: "Old" }, base: { ref: { from: "master" } } } },
      { title: "Old", base: "master" },
    ],
    ["edited", { changes: { body: { from: "" } } }, { body: null }],
    ["edited", { changes: { body: { from: null } } }, { body: null }],
    ["edited", { changes: { body: { from: "Run-book: a.md" } } }, { body: "Run-book: a.md" }],
    ["edited", { changes: { body: { from: LISTING } } }, { body: null, list: listSeen(LISTING) }],
    ["labeled", { label: { name: "data-impact" } }, { dataLabel: false }],
    ["labeled", { label: { name: "release:minor" } }, { bump: null }],
    ["unlabeled", { label: { name: "release:major" } }, { bump: "major" }],
    ["unlabeled", { label: { name: "data-impact" } }, { dataLabel: true }],
    ["labeled", { label: { name: "bug" } }, {}],
    ["closed", {}, { state: "open", merged: false }],
    ["reopened", {}, { state: "closed" }],
    ["ready_for_review", {}, { draft: true }],
    ["converted_to_draft", {}, { draft: true }],
  ])("%s says what it came from: %j", (action, more, from) => {
    expect(pullLesson(pullEvent(action, more))).toMatchObject({ from });
  });

  it.each([
    ["opened", "person"],
    ["closed", "bulk"],
    ["labeled", null],
    ["assigned", null],
    ["review_requested", null],
  ])("%s is looked at as %s", (action, priority) => {
    expect(pullEvent(action).nudges.map((nudge) => nudge.priority)).toEqual(priority === null ? [] : [priority]);
  });

  it.each<[string, object, object, number]>([
    ["that is merged", { action: "closed" }, {}, 1],
    ["by its title", { action: "edited", changes: { title: { from: "x" } } }, {}, 1],
    ["by the label of its version", { action: "labeled", label: { name: "release:minor" } }, {}, 1],
    ["by another label", { action: "labeled", label: { name: "bug" } }, {}, 0],
    ["by its body", { action: "edited", changes: { body: { from: "x" } } }, {}, 0],
    ["that is not merged", { action: "closed" }, { merged: false }, 0],
  ])(
    "merged and %s is looked at in the lists of promotions",
    (_what, { action, ...more }: { action?: string }, pull, times) => {
      const { nudges } = pullEvent(action ?? "", more, { state: "closed", merged: true, ...pull });
      const lists = { priority: "bulk", openPulls: { repository: 42, lists: true } };
      expect(nudges.filter((nudge) => "openPulls" in nudge)).toEqual(Array.from({ length: times }, () => lists));
    },
  );

  it("by the label that says that data is affected is a person's", () => {
    const news = pullEvent("labeled", { label: { name: "data-impact" } });
    expect(news.nudges).toMatchObject([{ priority: "person" }]);
  });

  it.each<[string, object, object]>([
    [
      "a deleted fork",
      { head: { sha: at("x"), ref: "x", repo: null } },
      { head: { sha: at("x"), ref: "x", repository: null } },
    ],
    ["a list of ours", { body: LISTING }, { body: null, list: listSeen(LISTING) }],
    ["a deleted author", { user: null }, { author: { id: 0, login: "ghost", bot: false } }],
    [
      "a bot",
      { user: { id: 9, login: "dependabot[bot]", type: "Bot" } },
      { author: { id: 9, login: "dependabot[bot]", bot: true } },
    ],
    [
      "no word on drafts and merges, as in lists",
      { draft: undefined, merged: undefined, merged_at: "2026-11-24T09:00:00Z" },
      { draft: false, merged: true },
    ],
    [
      "an odd branch",
      { head: { sha: at("x"), ref: `feature/'"$(x) ü..${"y".repeat(200)}`, repo: { id: 42 } } },
      { head: { ref: `feature/'"$(x) ü..${"y".repeat(200)}` } },
    ],
    ["a body of 65,536 characters", { body: "x".repeat(65_536) }, { title: "Log in" }],
  ])("is read with %s", (_what, of, facts) => {
    expect(pullLesson(pullEvent("opened", {}, of))).toMatchObject({ facts });
  });

  it.each<[string, object]>([
    ["no number", { number: undefined }],
    ["a time that is none", { updated_at: "soon" }],
    ["a head that is no commit", { head: { sha: "HEAD", ref: "x", repo: null } }],
    ["no base", { base: undefined }],
  ])("with %s throws, so that it is kept unread", (_what, of) => {
    expect(() => pullEvent("opened", {}, of)).toThrow();
  });

  it("without an installation or a default branch leaves that open", () => {
    const news = read("pull_request", {
      repository: { id: 42, full_name: "acme/api" },
      action: "opened",
      pull_request: pull(),
    });
    expect(news).toMatchObject({ installation: null, lessons: [{ installation: null, defaultBranch: null }, {}] });
  });
});

it("news says where it comes from, in GitHub's words", () => {
  expect(pullEvent("opened").cause).toBe("pull_request opened");
  expect(read("issues", { ...place, action: "labeled", issue: { number: 3 } }).cause).toBe("issues labeled");
  expect(read("team", { installation: { id: 1 } }).cause).toBe("team");
  expect(read("ping", {}).cause).toBeNull();
});

describe("a comment", () => {
  const comment = (body: string | null, more: object = {}, issue: object = { pull_request: {} }) =>
    read("issue_comment", {
      ...place,
      action: "created",
      issue: { number: 12, ...issue },
      comment: { id: 900, body },
      sender: { id: 10, login: "rita", type: "User" },
      ...more,
    });

  it("that may hold a command asks for it, of its pull request or of the repository", () => {
    const news = comment("Wait.\n/hold");
    expect(news.asks).toEqual([
      {
        of: { kind: "pull", repository: 42, number: 12 },
        request: {
          id: "comment:900",
          by: { id: 10, login: "rita" },
          at: NOW,
          body: "Wait.\n/hold",
          how: "written",
          origin: { number: 12, comment: 900 },
        },
      },
    ]);
    expect(news.nudges).toEqual([{ priority: "person", subject: { kind: "pull", repository: 42, number: 12 } }]);
    const told = { comment: { id: 900, body: "/hold", updated_at: "2026-11-24T09:39:58Z" } };
    expect(comment(null, told).asks).toMatchObject([{ request: { at: NOW, written: "2026-11-24T09:39:58.000Z" } }]);
    const of = { kind: "component", repository: 42 };
    expect(comment("/help", {}, {})).toMatchObject({ asks: [{ of }], nudges: [{ subject: of }] });
  });

  it.each<[string, string | null, object]>([
    ["is plain", "Looks good.", {}],
    ["says nothing", null, {}],
    ["is a bot's", "/hold", { sender: { id: 9, login: "renovate[bot]", type: "Bot" } }],
    ["is nobody's that GitHub names", "/hold", { sender: null }],
    ["is plain and deleted", "So.", { action: "deleted" }],
    ["says nothing and is deleted", null, { action: "deleted" }],
    ["is pinned", "/hold", { action: "pinned" }],
    ["is very long", `/hold\n${"x".repeat(10_000)}`, {}],
    ["is full of brackets", `/hold\n${"[".repeat(300)}${"]".repeat(300)}`, {}],
    ["is nested very deep", `/hold\n${"> ".repeat(30)}x`, {}],
  ])("that %s is no news", (_what, body, more) => {
    expect(comment(body, more)).toMatchObject(NOTHING);
  });

  it("that held a command and is edited or deleted takes it back, whoever does it", () => {
    const edited = comment("Never mind.", { action: "edited", changes: { body: { from: "/hold" } } });
    expect(edited.asks).toMatchObject([
      { request: { id: "comment:900:taken-back", how: "taken back", body: "/hold", by: { login: "rita" } } },
    ]);
    for (const sender of [null, { id: 9, login: "cleaner[bot]", type: "Bot" }])
      expect(comment("/hold", { action: "deleted", sender }).asks).toMatchObject([
        { request: { how: "taken back", by: { login: sender?.login ?? "ghost" } } },
      ]);
  });

  it("that a command was edited into gets a hint", () => {
    for (const changes of [{ body: { from: "Well." } }, {}, null])
      expect(comment("/hold", { action: "edited", changes }).asks).toMatchObject([
        { request: { id: "comment:900:edited-in", how: "edited in" } },
      ]);
  });
});

describe("the comment that shows a run-book", () => {
  const BLOB = at("the run-book");
  const shown = (box: string, more = "") =>
    `<!-- flowgate:execution revision=3 -->\n<!-- flowgate:run-book ${BLOB} done= -->\n\n- [${box}] **S1** Tell them${more}`;
  const DORA = { id: 5, login: "dora", type: "User" };
  const clicked = (from: string | null, to: string | null, more: object = {}) => {
    const said = { id: 901, body: to, updated_at: "2026-11-24T09:39:58Z", performed_via_github_app: { id: 7 } };
    const changes = { body: from === null ? null : { from } };
    const issue = { number: 12, pull_request: {} };
    return { ...place, action: "edited", issue, comment: said, changes, sender: DORA, ...more };
  };
  const heard = (from: string | null, to: string | null, more: object = {}, self: typeof SELF | null = SELF) =>
    read("issue_comment", clicked(from, to, more), self);

  it("tells what somebody clicked, and when by GitHub's clock", () => {
    const news = heard(shown(" "), shown("x"));
    const of = { kind: "pull", repository: 42, number: 12 };
    expect(news).toMatchObject({
      nudges: [{ priority: "person", subject: of }],
      forget: ["comment:42:12:execution"],
      cause: "issue_comment edited",
    });
    expect(news.asks).toEqual([
      {
        of,
        request: {
          id: "sticky:guid",
          by: { id: 5, login: "dora" },
          at: "2026-11-24T09:39:58.000Z",
          body: "",
          how: "sticky",
          sticky: {
            revision: 3,
            blob: BLOB,
            clicks: [{ label: "S1", ticked: true, shown: false }],
            other: "no",
          },
          origin: { number: 12, comment: 901 },
        },
      },
    ]);
  });

  it("tells that it was changed otherwise or deleted, by whomever", () => {
    const sticky = (news: News) => news.asks.map(({ request }) => request.sticky);
    expect(sticky(heard(shown(" "), shown(" ", " at once")))).toMatchObject([{ clicks: [], other: "edited" }]);
    expect(sticky(heard(shown(" "), null))).toEqual([{ revision: null, blob: null, clicks: [], other: "edited" }]);
    const deleted = heard(null, shown(" "), { action: "deleted", changes: undefined, sender: null });
    expect(deleted.asks).toMatchObject([
      { request: { by: { id: 0, login: "ghost" }, at: NOW, sticky: { revision: null, blob: null, other: "deleted" } } },
    ]);
    const untold = { id: 901, body: shown("x"), performed_via_github_app: { id: 7 } };
    expect(heard(shown(" "), "", { comment: untold }).asks).toMatchObject([{ request: { at: NOW } }]);
    // Nobody said yet who the App is.
    expect(heard(shown(" "), shown("x"), {}, null).asks).toMatchObject([{ request: { how: "sticky" } }]);
  });

  it.each<[string, string | null, string | null, object]>([
    ["we write", shown(" "), shown("x"), { sender: { id: 7, login: "flowgate[bot]", type: "Bot" } }],
    ["a bot changes", shown(" "), shown("x"), { sender: { id: 9, login: "cleaner[bot]", type: "Bot" } }],
    ["we write first", null, shown(" "), { action: "created" }],
    ["is another one of ours", "The answer.", shown("x"), {}],
    ["is changed without a word of what it was", null, shown("x"), {}],
    ["is deleted empty", null, null, { action: "deleted" }],
  ])("is no news where %s", (_what, from, to, more) => {
    expect(heard(from, to, more)).toMatchObject(NOTHING);
  });

  it("is anybody's comment where another App wrote it", () => {
    const comment = { id: 901, body: "/hold", performed_via_github_app: { id: 8 } };
    expect(heard(shown(" "), null, { comment }).asks).toMatchObject([{ request: { how: "edited in" } }]);
  });
});

describe("a review", () => {
  const review = (body: string | null, more: object = {}) =>
    read("pull_request_review", {
      ...place,
      action: "submitted",
      pull_request: { number: 12 },
      review: { id: 7, body },
      sender: { id: 10, login: "rita", type: "User" },
      ...more,
    });

  it("may hold a command when it is submitted", () => {
    expect(review("/hold").asks).toMatchObject([
      { of: { kind: "pull", number: 12 }, request: { id: "review:7", origin: { number: 12, review: 7 } } },
    ]);
    for (const news of [
      review("Fine."),
      review(null),
      review("/hold", { action: "edited" }),
      review("/hold", { review: null }),
    ]) {
      expect(news.asks).toEqual([]);
      expect(news.nudges).toHaveLength(1);
    }
  });

  it("that attested something takes it back when it is edited", () => {
    const edited = (from: string | null) => review("", { action: "edited", changes: { body: from && { from } } }).asks;
    expect(edited("/attest readiness because tested")).toMatchObject([
      { request: { id: "review:7:taken-back", how: "taken back", body: "/attest readiness because tested" } },
    ]);
    expect([edited("Fine."), edited(null), review("/hold", { action: "dismissed" }).asks]).toEqual([[], [], []]);
  });
});

describe("a merge", () => {
  const merged = (more: object = {}) =>
    pullEvent("closed", {}, { state: "closed", merged: true, merge_commit_sha: at("merge"), commits: 3, ...more });

  it("says where the base moved to by it", () => {
    expect(mergeLesson(merged())).toEqual({
      of: "merge",
      repository: 42,
      branch: "development",
      merge: { number: 12, commit: at("merge"), commits: 3 },
    });
  });

  it("explains nothing where GitHub does not say what it made, or there was none", () => {
    expect(mergeLesson(merged({ merge_commit_sha: null }))).toBeUndefined();
    expect(mergeLesson(merged({ commits: undefined }))).toBeUndefined();
    expect(mergeLesson(merged({ merged: false }))).toBeUndefined();
  });
});

describe("a push", () => {
  const commit = (more: object = {}) => ({ added: [], modified: ["README.md"], removed: [], ...more });
  const push = (more: object = {}) =>
    read("push", {
      ...place,
      ref: "refs/heads/master",
      before: at("old"),
      after: at("new"),
      created: false,
      deleted: false,
      forced: false,
      commits: [commit()],
      ...more,
    });
  const component = (news: News) => news.lessons[0];

  it("tells where the branch is, and has those looked at whose lane was compared with it", () => {
    const news = push();
    expect(component(news)).toMatchObject({
      look: false,
      branch: { name: "master", before: at("old"), at: at("new") },
    });
    expect(news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: 42, compared: "master" } }]);
  });

  it.each<[string, object, boolean]>([
    ["names the config as added", { commits: [commit({ added: [".github/flowgate.yml"] })] }, true],
    ["names it as removed", { commits: [commit({ removed: [".github/flowgate.yml"] })] }, true],
    ["does not name it", {}, false],
    [
      "names it on another branch",
      { ref: "refs/heads/development", commits: [commit({ added: [".github/flowgate.yml"] })] },
      false,
    ],
    ["is forced", { forced: true }, true],
    ["made the branch", { created: true }, true],
    ["lists no commits", { commits: [] }, true],
    ["says nothing of commits", { commits: null }, true],
    ["says nothing of files", { commits: [{}] }, false],
    ["has as many commits as GitHub lists", { commits: Array(2048).fill(commit()) }, true],
    ["has a commit of as many files as GitHub lists", { commits: [commit({ modified: Array(3000).fill("x") })] }, true],
  ])("that %s has the config read: %#", (_what, more, look) => {
    expect(component(push(more))).toMatchObject({ look });
    expect(push(more).nudges.some((nudge) => "subject" in nudge)).toBe(look || "created" in more);
  });

  it("that deletes a branch says that it is gone", () => {
    const news = push({ ref: "refs/heads/staging", deleted: true, after: "0".repeat(40) });
    expect(component(news)).toMatchObject({ branch: { name: "staging", before: at("old"), at: null } });
    expect(news.nudges[0]).toEqual({ priority: "bulk", subject: { kind: "component", repository: 42 } });
  });

  it.each<[string, object, object]>([
    ["moved", {}, { how: "push", after: at("new"), commits: 1 }],
    ["was forced", { forced: true, commits: null }, { how: "force-push", after: at("new"), commits: null }],
    ["is gone", { deleted: true, forced: true, after: "0".repeat(40) }, { how: "deletion", after: null }],
  ])("says that the branch %s, and by whom", (_what, more, push_) => {
    const sender = { id: 5, login: "dora", type: "User" };
    expect(push({ sender, ...more }).lessons[1]).toMatchObject({
      of: "push",
      branch: "master",
      push: { before: at("old"), by: { id: 5, login: "dora", bot: false }, at: NOW, ...push_ },
    });
  });

  it("may be by an App, or by nobody that GitHub names", () => {
    const by = (sender: object | null) => push({ sender }).lessons[1];
    expect(by({ id: 6, login: "renovate[bot]", type: "Bot" })).toMatchObject({ push: { by: { bot: true } } });
    expect(by(null)).toMatchObject({ push: { by: null } });
  });

  it("that made the branch is no way past a gate", () => {
    expect(push({ created: true, before: "0".repeat(40) }).lessons).toHaveLength(1);
  });

  it.each(["refs/notes/commits", "refs/heads/gh-readonly-queue/master/pr-1-abc"])("of %s is none of ours", (ref) => {
    expect(push({ ref })).toMatchObject(NOTHING);
  });

  it.each<[string, object, string | null]>([
    ["moved", {}, "tag-moved"],
    ["deleted", { deleted: true, after: "0".repeat(40) }, "tag-deleted"],
    ["made, which makes none of ours", { created: true, before: "0".repeat(40) }, null],
    ["deleted by us", { deleted: true, sender: { id: 9, login: "flowgate[bot]", type: "Bot" } }, null],
  ])("that tells that a tag was %s", (_what, more, did) => {
    const sender = { id: 5, login: "dora", type: "User" };
    const touch = { did, tags: ["v1.4.0"], draft: false, by: { id: 5, login: "dora" }, at: NOW };
    expect(push({ ref: "refs/tags/v1.4.0", sender, ...more })).toMatchObject(
      did === null ? NOTHING : { ...NOTHING, lessons: [{ of: "release", repository: 42, touch }] },
    );
  });
});

describe("a release", () => {
  const RITA = { id: 8, login: "rita", type: "User" };
  const release = (action: string, more: object = {}, self: typeof SELF | null = SELF) =>
    read("release", { ...place, action, release: { tag_name: "v1.4.0", draft: false }, sender: RITA, ...more }, self);
  const touched = (news: News) => (news.lessons[0]?.of === "release" ? news.lessons[0].touch : null);
  const draft = { release: { tag_name: "v1.4.0", draft: true } };

  it("that somebody did something to is told to the last stage, whoever did it", () => {
    expect(release("published")).toEqual({
      ...NOTHING,
      installation: 1,
      cause: "release published",
      lessons: [
        {
          of: "release",
          repository: 42,
          touch: { did: "published", tags: ["v1.4.0"], draft: false, by: { id: 8, login: "rita" }, at: NOW },
        },
      ],
    });
    expect(touched(release("deleted", draft))).toMatchObject({ did: "deleted", draft: true });
    expect(touched(release("edited", { sender: null }))).toMatchObject({ did: "edited", by: null });
    expect(touched(release("edited", { sender: { ...RITA, type: "Bot" } }))).toMatchObject({ did: "edited" });
  });

  it("that is no draft any more, or just became one, was seen by all", () => {
    expect(touched(release("unpublished", draft))).toMatchObject({ did: "unpublished", draft: false });
  });

  it("that was given another tag is still the one that it was", () => {
    const changes = { tag_name: { from: "v1.3.0" } };
    expect(touched(release("edited", { changes }))).toMatchObject({ tags: ["v1.4.0", "v1.3.0"] });
    expect(touched(release("edited", { changes: { body: { from: "" } } }))).toMatchObject({ tags: ["v1.4.0"] });
  });

  it.each(["created", "released", "prereleased"])("that was %s brings no news of its own", (action) => {
    expect(release(action)).toMatchObject(NOTHING);
  });

  it("that we did something to is no news, nor one of which we cannot tell yet whether we did", () => {
    const bot = { id: 9, login: "flowgate[bot]", type: "Bot" };
    expect(release("edited", { sender: bot })).toMatchObject(NOTHING);
    expect(release("edited", { sender: bot }, null)).toMatchObject(NOTHING);
    expect(touched(release("edited", {}, null))).toMatchObject({ did: "edited" });
    expect(touched(release("edited", { sender: null }, null))).toMatchObject({ by: null });
  });
});

describe("a merge group", () => {
  const group = (action: string, head_ref = `refs/heads/gh-readonly-queue/release/1.x/pr-104-${at("base")}`) =>
    read("merge_group", {
      ...place,
      action,
      merge_group: { head_sha: at("group"), base_sha: at("base"), head_ref, base_ref: "refs/heads/release/1.x" },
    });

  it("names its pull request from the right, and is looked at", () => {
    const news = group("checks_requested");
    expect(news.lessons[1]).toEqual({
      of: "group",
      repository: 42,
      head: at("group"),
      base: "release/1.x",
      number: 104,
      asOf: NOW,
      destroyed: false,
      from: at("base"),
    });
    expect(news.nudges).toEqual([
      { priority: "person", subject: { kind: "group", repository: 42, head: at("group") } },
    ]);
  });

  it("that is destroyed is left alone", () => {
    expect(group("destroyed")).toMatchObject({ nudges: [], lessons: [{}, { destroyed: true }] });
  });

  it("without a pull request in its name throws", () => {
    expect(() => group("checks_requested", "refs/heads/other")).toThrow(
      "No pull request in the queue branch refs/heads/other.",
    );
  });
});

describe("checks", () => {
  const run = (app: number) => ({ head_sha: at("login"), name: "flowgate: master", app: { id: app } });

  it("of ours that are asked for again are written again", () => {
    expect(read("check_run", { ...place, action: "rerequested", check_run: run(7) })).toMatchObject({
      forget: [`check:42:${at("login")}:flowgate: master`],
      nudges: [{ openPulls: { repository: 42, head: at("login") } }, { subject: { kind: "group", head: at("login") } }],
    });
    expect(
      read("check_suite", { ...place, action: "rerequested", check_suite: { head_sha: at("login"), app: { id: 7 } } })
        .forget,
    ).toEqual([`check:42:${at("login")}:`]);
  });

  it.each<[string, string, object]>([
    ["our own echo", "check_run", { action: "created", check_run: run(7) }],
    ["another App's suite", "check_suite", { action: "rerequested", check_suite: run(8) }],
    [
      "a suite for each push",
      "check_suite",
      { action: "requested", check_suite: { head_sha: at("login"), app: { id: 7 } } },
    ],
    ["nothing at all", "check_run", { action: "rerequested" }],
  ])("that are %s are no news", (_what, event, payload) => {
    expect(read(event, { ...place, ...payload })).toMatchObject(NOTHING);
  });

  it("are written again while we do not know who we are", () => {
    expect(read("check_run", { ...place, action: "rerequested", check_run: run(8) }, null).forget).toHaveLength(1);
  });
});

describe("repositories, rulesets and installations", () => {
  it("a repository that changed is looked at; a deleted one is not worked on", () => {
    expect(read("repository", { ...place, action: "renamed" })).toMatchObject({
      lessons: [{ look: true }],
      nudges: [{ subject: { kind: "component" } }],
    });
    const moved = { ...place, action: "edited", changes: { default_branch: { from: "master" } } };
    expect(read("repository", moved).nudges).toEqual([
      { priority: "bulk", subject: { kind: "component", repository: 42 } },
      { priority: "bulk", openPulls: { repository: 42 } },
    ]);
    expect(read("repository", { ...moved, changes: { description: { from: "" } } }).nudges).toHaveLength(1);
    expect(read("repository", { ...place, action: "deleted" })).toMatchObject({
      access: [{ repository: 42, may: "not work" }],
    });
  });

  const ruleset = (name: string, more: object = {}) =>
    read("repository_ruleset", {
      ...place,
      action: "edited",
      repository_ruleset: { name },
      sender: { login: "ada" },
      ...more,
    });
  it.each<[string, News, (string | null)[]]>([
    ["ours", ruleset("flowgate: staging"), ["staging"]],
    ["ours for merges", ruleset("flowgate: staging merges"), ["staging"]],
    ["ours for tags, which one of the stages keeps", ruleset("flowgate: tags are final"), [null]],
    [
      "renamed from one of ours to another",
      ruleset("flowgate: tags", { changes: { name: { from: "flowgate: master merges" } } }),
      [null, "master"],
    ],
    ["renamed from ours", ruleset("other", { changes: { name: { from: "flowgate: master" } } }), ["master"]],
    ["somebody's own", ruleset("other"), []],
    ["changed by ourselves", ruleset("flowgate: staging", { sender: { login: "flowgate[bot]" } }), []],
  ])("a ruleset that is %s", (_what, news, stages) => {
    expect(news.lessons.map((lesson) => lesson.of === "stage" && lesson.branch)).toEqual(stages);
    expect(news.nudges.map((nudge) => ("stagesOf" in nudge ? null : "subject" in nudge && nudge.subject))).toEqual(
      stages.map((branch) => branch && { kind: "stage", repository: 42, branch }),
    );
  });
  it("says who changed it, where GitHub says", () => {
    expect(ruleset("flowgate: staging").lessons).toMatchObject([{ changedBy: "ada" }]);
    expect(ruleset("flowgate: staging", { sender: null }).lessons).toMatchObject([{ changedBy: null }]);
  });

  const installation = (action: string, more: object = {}) =>
    read("installation", { action, installation: { id: 1, account: { login: "acme" } }, ...more });
  it("an installation brings its repositories, and ends our work where it ends", () => {
    expect(installation("created", { repositories: [{ id: 42, full_name: "acme/api" }] })).toMatchObject({
      installation: 1,
      lessons: [{ of: "component", repository: 42, name: "acme/api", look: true, defaultBranch: null }],
      nudges: [{ subject: { kind: "component", repository: 42 } }],
      access: [{ installation: 1, may: "work", account: "acme" }],
    });
    for (const action of ["deleted", "suspend"])
      expect(installation(action, { repositories: [{ id: 42, full_name: "acme/api" }] })).toMatchObject({
        lessons: [],
        access: [{ may: "not work" }],
      });
    expect(installation("unsuspend", { installation: { id: 1 } })).toMatchObject({
      access: [{ may: "work", account: "" }],
    });
  });

  it("repositories come and go", () => {
    const event = {
      action: "added",
      installation: { id: 1 },
      repositories_added: [{ id: 42, full_name: "acme/api" }],
      repositories_removed: [{ id: 43, full_name: "acme/old" }],
    };
    expect(read("installation_repositories", event).access).toEqual([
      { repository: 42, may: "work" },
      { repository: 43, may: "not work" },
    ]);
    expect(read("installation_repositories", { action: "added", installation: { id: 1 } })).toMatchObject(NOTHING);
  });

  it.each(["ping", "star", "label", "no such event"])("%s is no news", (event) => {
    expect(read(event, {})).toMatchObject(NOTHING);
  });
});

describe("the button beside our checks", () => {
  const pressed = (identifier: string, app = 7) =>
    read("check_run", {
      ...place,
      action: "requested_action",
      requested_action: { identifier },
      check_run: {
        id: 1,
        name: "flowgate: master",
        head_sha: at("login"),
        status: "completed",
        conclusion: "failure",
        app: { id: app },
      },
    });

  it("has the pull request judged afresh, others' checks read again, and the check written again", () => {
    expect(pressed("recheck")).toMatchObject({
      lessons: [{ of: "checks", repository: 42, head: at("login"), seen: null }],
      nudges: [{ priority: "person", openPulls: { repository: 42, head: at("login") } }, { priority: "person" }],
      forget: [`check:42:${at("login")}:flowgate: master`],
    });
  });

  it("is no other button, and no other App's", () => {
    expect(pressed("something")).toMatchObject(NOTHING);
    expect(pressed("recheck", 8).forget).toEqual([]);
  });
});

describe("The button that tries out a promotion", () => {
  const HEAD = at("login");
  const shown = (number: number, base: string, sha = HEAD) => ({ number, head: { sha }, base: { ref: base } });
  const pressed = (pulls: readonly object[] | null, sender: object | null = { id: 10, login: "rita" }) =>
    read("check_run", {
      ...place,
      action: "requested_action",
      requested_action: { identifier: "dry-run" },
      check_run: { id: 1, name: "flowgate: staging", head_sha: HEAD, app: { id: 7 }, pull_requests: pulls },
      sender,
    });

  it("asks what the command asks in a comment, for that commit", () => {
    const subject = { kind: "pull", repository: 42, number: 12 };
    expect(pressed([shown(12, "staging")])).toMatchObject({
      nudges: [{ priority: "person", subject }],
      asks: [
        {
          of: subject,
          request: {
            id: `button:42:12:10:${NOW.slice(0, 18)}`,
            by: { id: 10, login: "rita" },
            at: NOW,
            body: `/promote ${HEAD} dry run`,
            how: "written",
            origin: { number: 12, button: "check" },
          },
        },
      ],
      forget: [],
    });
  });

  it("is answered on the first of those that share the check", () => {
    const pulls = [shown(15, "staging"), shown(9, "master"), shown(10, "staging", at("older")), shown(14, "staging")];
    expect(pressed(pulls).asks).toMatchObject([{ of: { number: 14 } }]);
  });

  it.each([
    ["on a fork's, which GitHub does not name", pressed([])],
    ["where GitHub names none", pressed(null)],
    ["of a bot", pressed([shown(12, "staging")], { id: 1, login: "renovate[bot]", type: "Bot" })],
    ["of nobody", pressed([shown(12, "staging")], null)],
  ])("does nothing %s", (_what, news) => {
    expect(news).toMatchObject(NOTHING);
  });

  it("is no other App's", () => {
    const run = { id: 3, status: "completed", conclusion: "success", name: "build", head_sha: HEAD, app: { id: 8 } };
    const theirs = {
      ...place,
      action: "requested_action",
      requested_action: { identifier: "dry-run" },
      check_run: run,
    };
    expect(read("check_run", theirs).asks).toEqual([]);
  });
});

describe("others' checks", () => {
  const run = (more: object = {}) => ({
    id: 31,
    name: "build",
    head_sha: at("login"),
    status: "completed",
    conclusion: "success",
    app: { id: 15368 },
    ...more,
  });
  const taught = (event: string, payload: object, self: typeof SELF | null = SELF) =>
    read(event, { ...place, ...payload }, self).lessons;
  const seen = (more: object = {}) => [
    {
      of: "checks",
      repository: 42,
      head: at("login"),
      seen: { name: "build", app: 15368, ended: "success", id: 31, ...more },
    },
  ];

  it("are told to whoever has their commit as head, whatever happened to them", () => {
    for (const action of ["created", "completed", "rerequested"])
      expect(taught("check_run", { action, check_run: run() })).toEqual(seen());
    expect(taught("check_run", { action: "created", check_run: run({ status: "queued", conclusion: null }) })).toEqual(
      seen({ ended: "pending" }),
    );
    expect(taught("check_run", { action: "completed", check_run: run({ app: null }) })).toEqual(seen({ app: 0 }));
  });

  it("may be commit statuses", () => {
    const status = { id: 32, sha: at("login"), context: "ci/build", state: "failure" };
    expect(taught("status", status)).toEqual(seen({ name: "ci/build", app: null, ended: "failure", id: 32 }));
  });

  it("are kept unread where they do not say how they ended", () => {
    expect(() => taught("check_run", { action: "completed", check_run: run({ conclusion: null }) })).toThrow(
      "ended without a conclusion",
    );
  });

  it("are none of ours, nor of anybody's while we do not know who we are", () => {
    expect(taught("check_run", { action: "completed", check_run: run({ app: { id: 7 } }) })).toEqual([]);
    expect(taught("check_run", { action: "completed", check_run: run() }, null)).toEqual([]);
  });
});

describe("people", () => {
  const nudged = (event: string, payload: object) => read(event, payload).nudges;
  const pulls = [{ priority: "bulk", openPulls: { repository: 42 } }];

  it("who review have the pull request looked at", () => {
    expect(nudged("pull_request_review", { ...place, action: "dismissed", pull_request: { number: 12 } })).toEqual([
      { priority: "person", subject: { kind: "pull", repository: 42, number: 12 } },
    ]);
  });

  it("who come and go have the pull requests looked at that they may approve", () => {
    expect(nudged("member", { ...place, action: "removed" })).toEqual(pulls);
    for (const event of ["membership", "team", "organization"]) {
      expect(nudged(event, { installation: { id: 1 } })).toEqual([{ priority: "bulk", installation: 1 }]);
      expect(nudged(event, {})).toEqual([]);
    }
  });

  it("who open, close or label an issue may hold a release; a pull request is none", () => {
    expect(nudged("issues", { ...place, action: "labeled", issue: { number: 3 } })).toEqual(pulls);
    expect(nudged("issues", { ...place, action: "labeled", issue: { number: 3, pull_request: {} } })).toEqual([]);
  });
});
