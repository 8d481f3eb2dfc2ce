import { expect, it } from "@jest/globals";
import { wantKey } from "../src/flow/facts.ts";
import { installationId } from "../src/flow/names.ts";
import type { Lease } from "../src/flow/subject.ts";
import { type Ports, settle } from "../src/pipeline.ts";
import { NOW, pullKnown } from "./builders.ts";
import { HOUSE } from "./decide/facts.ts";

it("A judgement asks for nothing twice, and says what looking does not give", async () => {
  const facts = pullKnown({ memory: null });
  const lease: Lease = { subject: facts.subject, installation: installationId(3), priority: "person", token: "t" };
  const asked: string[] = [];
  const ports: Ports = {
    house: HOUSE,
    clock: { now: () => NOW },
    store: {
      recall: async () => ({ facts, unsettled: [], nudges: 1 }),
      commit: async () => "written",
      record: async () => {},
      release: async () => {},
    },
    look: async (_lease, _facts, wants) => {
      asked.push(...wants.map(wantKey));
      return new Map();
    },
    perform: async (_lease, effect) => ({ effect, at: NOW, came: "done", id: 1 }),
    find: async () => null,
  };
  await expect(settle(lease, ports)).rejects.toThrow(
    /^decide keeps asking for what looking does not give: .+ of pull:42:12$/,
  );
  expect(asked).not.toEqual([]);
  expect(asked).toEqual([...new Set(asked)]);
});
