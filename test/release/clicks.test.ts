import { describe, expect, it } from "@jest/globals";
import type { Label, StickyEdit } from "../../src/flow/request.ts";
import { clicksIn, marksLines } from "../../src/release/clicks.ts";
import { at } from "../builders.ts";
import { BLOB } from "./walks.ts";

const OTHER = at("another run-book");
type Written = { readonly revision?: number; readonly blob?: typeof BLOB; readonly done?: readonly Label[] };
/** As we write it, and as people left its boxes: S1 to S3 and P1, those in `ticked` ticked. */
const page = (ticked: string, { revision = 5, blob = BLOB, done = [] }: Written = {}) => {
  const box = (label: string) => `- [${ticked.split(" ").includes(label) ? "x" : " "}] **${label}** Do it`;
  const [s1, s2, s3, p1] = ["S1", "S2", "S3", "P1"].map(box);
  return `${marksLines({ revision, blob, done })}\n\n### Rehearsal\n\n${s1}\n- **S9** all\n  ${s2}\n${s3}\n\n### Production\n\n${p1}`;
};
const click = (label: Label, ticked: boolean, shown = !ticked) => ({ label, ticked, shown });
const edit = (clicks: StickyEdit["clicks"], more: Partial<StickyEdit> = {}): StickyEdit => ({
  revision: 5,
  blob: BLOB,
  clicks,
  other: "no",
  ...more,
});
const NOTHING = edit([], { revision: null, blob: null, other: "edited" });

describe("An edit of the comment", () => {
  it.each<[string, string, string, StickyEdit]>([
    ["changes nothing", page("S1"), page("S1"), edit([])],
    ["ticks a box", page(""), page("S1"), edit([click("S1", true)])],
    ["ticks one below another", page(""), page("S2"), edit([click("S2", true)])],
    ["unticks a box", page("S1", { done: ["S1"] }), page("", { done: ["S1"] }), edit([click("S1", false)])],
    ["unticks what was ticked since", page("S1"), page(""), edit([click("S1", false, false)])],
    ["ticks again", page("", { done: ["S1"] }), page("S1", { done: ["S1"] }), edit([click("S1", true, true)])],
    [
      "clicks several",
      page("S1"),
      page("S3 P1"),
      edit([click("S1", false, false), click("S3", true), click("P1", true)]),
    ],
    ["sends carriage returns", page(""), page("S1").replaceAll("\n", "\r\n"), edit([click("S1", true)])],
    ["sends bare ones and lines at the end", page(""), `${page("").replaceAll("\n", "\r")}\r \n\n`, edit([])],
    ["leaves white space at ends of lines", page(""), page("S1").replaceAll("\n", " \t\n"), edit([click("S1", true)])],
    ["writes a large x", page(""), page("S1").replace("[x]", "[X]"), edit([click("S1", true)])],
    ["makes a large x small", page("S1").replace("[x]", "[X]"), page("S1"), edit([])],
    ["writes something else in a box", page(""), page("").replace("[ ]", "[-]"), edit([], { other: "edited" })],
    [
      "changes words and ticks",
      page(""),
      page("S1").replace("Do", "Undo"),
      edit([click("S1", true)], { other: "edited" }),
    ],
    ["adds a line", page(""), `${page("S1")}\nx`, edit([click("S1", true)], { other: "edited" })],
    ["adds a box", page(""), `${page("")}\n- [x] **S4** x`, edit([], { other: "edited" })],
    ["takes a box away", page("P1"), page("P1").replace(/\n.*\*\*P1.*/, ""), edit([], { other: "edited" })],
    [
      "moves a box and ticks it",
      page(""),
      page("").replace("- [ ] **S1** Do it\n", "").replace("\n\n###", "\n- [x] **S1** Do it\n\n###"),
      edit([click("S1", true)], { other: "edited" }),
    ],
    ["copies a line and ticks it", page(""), `${page("")}\n- [x] **S1** Do it`, edit([], { other: "edited" })],
    ["takes the copy away again", `${page("")}\n- [x] **S1** Do it`, page("S1"), edit([], { other: "edited" })],
    [
      "ticks a box with no words",
      page("").replace("** Do it", "**"),
      page("S1").replace("** Do it", "**"),
      edit([click("S1", true)]),
    ],
  ])("%s", (_situation, from, to, expected) => {
    expect(clicksIn(from, to)).toEqual(expected);
  });

  const stale = { revision: 4, done: ["S3"] as const };
  const old = (clicks: StickyEdit["clicks"], more: Partial<StickyEdit> = {}) =>
    edit(clicks, { revision: 4, other: "edited", ...more });
  it.each<[string, string, string, StickyEdit]>([
    ["and clicks nothing", page("S1 S3", { done: ["S1", "S3"] }), page("S3", stale), old([])],
    ["and ticks", page("S3", { done: ["S3"] }), page("S1 S3", stale), old([click("S1", true)])],
    ["and unticks", page("S3", { done: ["S3"] }), page("", stale), old([click("S3", false)])],
    ["and says nothing of what was unticked since", page(""), page("S3", stale), old([])],
    ["with a tick that was told since", page("S1 S3", { done: ["S1", "S3"] }), page("S1 S3", stale), old([])],
    ["with a tick that was made again", page("S1 S3", { done: ["S3"] }), page("S1 S3", stale), old([])],
    [
      "of another run-book",
      page("S1"),
      page("S1 S3", { ...stale, blob: OTHER }),
      old([click("S1", true)], { blob: OTHER }),
    ],
    ["over what has no marks", page("S1").replace("execution", ""), page("S1 S2 S3", stale), old([click("S2", true)])],
    ["over nothing", "", page("S2 S3", stale), old([click("S2", true)])],
    ["that is newer", page("S3", stale), page("S1", { done: ["S1"] }), edit([], { other: "edited" })],
  ])("saves another revision %s", (_situation, from, to, expected) => {
    expect(clicksIn(from, to)).toEqual(expected);
  });

  it.each<[string, (page: string) => string]>([
    ["no marks", (text) => text.split("\n").slice(2).join("\n")],
    ["a line above them", (text) => `x\n${text}`],
    ["no second one", (text) => text.replace("flowgate:run-book", "")],
    ["no number", (text) => text.replace("revision=5", "revision=")],
    ["the number 0", (text) => text.replace("revision=5", "revision=0")],
    ["too long a number", (text) => text.replace("revision=5", `revision=${"5".repeat(10)}`)],
    ["no blob", (text) => text.replace(BLOB, BLOB.slice(1))],
    ["another blob in the same revision", (text) => text.replace(BLOB, OTHER)],
    ["another list in the same revision", (text) => text.replace("done=", "done=S1")],
    ["a list that runs backwards", (text) => text.replace("done=", "done=S5-S1")],
    ["a list without end", (text) => text.replace("done=", "done=S1-S999999999")],
    ["a list with a hole", (text) => text.replace("done=", "done=S1,,S2")],
    ["far more than a comment holds", (text) => text + "x".repeat(131_072)],
    ["nothing", () => ""],
  ])("that leaves %s says nothing", (_what, broken) => {
    expect(clicksIn(page(""), broken(page("S1")))).toEqual(NOTHING);
  });

  it("may be as hostile as it likes", () => {
    const hostile = [
      "- [".repeat(20_000),
      " ".repeat(65_536),
      `${" ".repeat(65_000)}- [x]`,
      "- [x] **S1".repeat(6_000),
      `${" \t".repeat(30_000)}x`,
      `done=${"S1,".repeat(20_000)}`,
      "\r".repeat(65_536),
    ];
    for (const text of hostile) {
      const longer = page("S1") + text;
      expect(clicksIn(page(""), longer)).toMatchObject({ revision: 5 });
      expect(clicksIn(longer, page(""))).toMatchObject({ revision: 5 });
      expect(clicksIn(page(""), page("").replace("done=", text))).toMatchObject({ other: "edited" });
    }
  });
});
