import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { deviations } from "../../src/release/run-book/comparison.ts";
import { read } from "./run-books.ts";

/** What a changed text asks less of, each as `kind: was → now`. */
const changes = (base: string, head: string) =>
  deviations(read(base).items, read(head).items).map(
    ({ kind, was, now }) => `${kind}: ${was.text}${now === null ? "" : ` → ${now.text}`}`,
  );

describe("a run-book against that of the base", () => {
  const base =
    "# Deploy\n- [ ] a (owner: @acme/ops)\n- [ ] b (result)\n- [ ] c <!-- fg:id=c -->\n# Test\n- [ ] d\n- [ ] a\n";

  // biome-ignore format: a table is read by its columns
  it.each([
    ["nothing",                        base, []],
    ["ticks and other bullets",        base.replace("- [ ] a", "* [x] a"), []],
    ["what is added",                  `${base}- [ ] e\n`, []],
    ["the order",                      base.replace("- [ ] d\n- [ ] a\n", "- [ ] a\n- [ ] d\n"), []],
    ["an owner where there was none",  base.replace("] d", "] d (owner: @ann)"), []],
    ["an item taken out",              base.replace("- [ ] d\n", ""), ["removed: d"]],
    ["all of them",                    "", ["removed: a", "removed: b", "removed: c", "removed: d", "removed: a"]],
    ["other words",                    base.replace("] d", "] d, or not"), ["reworded: d → d, or not"]],
    ["other words and an item before", base.replace("- [ ] d", "- [ ] e\n- [ ] f"), ["reworded: d → e"]],
    ["other words and less",           base.replace("] b (result)", "] Optional: e"), ["reworded: b → e", "optional: b → e", "result: b → e"]],
    ["an id where there was none",     base.replace("] d", "] d <!-- fg:id=d -->"), []],
    ["other words under the same id",  base.replace("] c", "] e"), ["reworded: c → e"]],
    ["another phase under an id",      `${base.replace("- [ ] c <!-- fg:id=c -->\n", "")}- [ ] c <!-- fg:id=c -->`, ["moved: c → c"]],
    ["another phase",                  `${base.replace("- [ ] b (result)\n", "")}- [ ] b (result)`, ["removed: b"]],
    ["an item made optional",          base.replace("] d", "] (optional) d"), ["optional: d → d"]],
    ["a heading made optional",        base.replace("# Test", "# Test (optional)"), ["optional: d → d", "optional: a → a"]],
    ["an item left out with reason",   base.replace("] d", "] N/A: d - reason: not in this release"), ["not-applicable: d → d"]],
    ["an owner taken away",            base.replace(" (owner: @acme/ops)", ""), ["owner: a → a"]],
    ["another owner",                  base.replace("@acme/ops", "@bob"), ["owner: a → a"]],
    ["a result not asked for",         base.replace(" (result)", ""), ["result: b → b"]],
  ])("%s", (_what, head, expected) => {
    expect(changes(base, head)).toEqual(expected);
  });

  it("what was optional or left out before is nothing new", () => {
    const before = "- [ ] Optional: a\n- [ ] N/A: b - reason: not in this release";
    expect(changes(before, before)).toEqual([]);
    expect(changes(before, "- [ ] a\n- [ ] b")).toEqual([]);
  });

  it("never lacks an item of the base, whatever was done to it", () => {
    const item = fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("", " <!-- fg:id=x -->", " (result)"));
    const text = fc
      .array(item, { maxLength: 8 })
      .map((items) => items.map(([word, mark]) => `- [ ] ${word}${mark}`).join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [was, now] = [read(before).items, read(after).items];
        const there = new Set(now.flatMap(({ id, text }) => [id, text]));
        const told = new Set(deviations(was, now).map((deviation) => deviation.was.ordinal));
        expect(was.filter(({ id, text, ordinal }) => !there.has(id) && !there.has(text) && !told.has(ordinal))).toEqual(
          [],
        );
        expect(deviations(was, was)).toEqual([]);
      }),
    );
  });
});
