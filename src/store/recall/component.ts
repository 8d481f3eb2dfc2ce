import { organisationNote } from "../../flow/component.ts";
import { enrolmentSlot } from "../../flow/effect.ts";
import type { ComponentKnown } from "../../flow/facts.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Branch, RepositoryId } from "../../flow/names.ts";
import type { ComponentSubject } from "../../flow/subject.ts";
import { configLetThrough, type Verdict } from "../../flow/verdict.ts";
import type { Connection } from "../database.ts";
import { parsed, type Row } from "../rows.ts";
import { slotState } from "../slots.ts";
import { standingFor } from "../standing.ts";
import { trainsFor } from "../trains.ts";
import { type Around, requestsOf } from "./around.ts";

/** All that is beside a component. */
export async function besideComponent(
  on: Connection,
  subject: ComponentSubject,
  { memory, row }: Around<ComponentMemory>,
): Promise<object> {
  const installation = row?.installation ?? 0;
  const [organisation, letThrough, enrolment, requests, trains] = await Promise.all([
    organisationOf(on, row, memory),
    memory?.look && memory.defaultBranch !== null ? letThroughInto(on, subject.repository, memory.defaultBranch) : [],
    slotState(on, enrolmentSlot(subject.repository)),
    requestsOf(on, subject),
    trainsFor(on, subject.repository, installation),
  ]);
  const standing = requests.length > 0 ? await standingFor(on, subject.repository, installation, null) : [];
  return { subject, memory, organisation, letThrough, enrolment, requests, standing, installation, ...trains };
}

/** The config of the repository `.github` of the same owner, where the App works on it. */
async function organisationOf(
  on: Connection,
  row: Row | undefined,
  memory: ComponentMemory | null,
): Promise<ComponentKnown["organisation"]> {
  const owner = memory?.name.split("/")[0];
  if (row === undefined || owner === undefined) return null;
  const rows = await on
    .selectFrom("subject")
    .select("memory")
    .where("kind", "=", "component")
    .where("installation", "=", row.installation)
    .where("key", "!=", row.key)
    .where("memory", "is not", null)
    .execute();
  const named = `${owner}/.github`.toLowerCase();
  const home = rows
    .map((other) => parsed<ComponentMemory>(other.memory))
    .find((other) => other?.name.toLowerCase() === named);
  if (home === undefined || home === null) return null;
  const { blob, own } = home.config;
  return { blob, config: own, note: organisationNote(home.config) };
}

/** Pull requests into the default branch whose gate let a change of the config through: few, so that rows are read one by one. */
async function letThroughInto(
  on: Connection,
  repository: RepositoryId,
  base: Branch,
): Promise<ComponentKnown["letThrough"]> {
  const rows = await on
    .selectFrom("subject")
    .select(["number", "memory", "verdict"])
    .where("repository", "=", repository)
    .where("kind", "=", "pull")
    .where("base", "=", base)
    .where("verdict", "like", "%changesConfig%")
    .orderBy("number")
    .execute();
  return rows.flatMap(({ number, memory, verdict }) => {
    const pull = parsed<PullMemory>(memory);
    const change = pull && configLetThrough(parsed<Verdict>(verdict), pull.head.sha, base);
    return pull && change
      ? [{ number: number as number, head: pull.head.sha, to: change.to, merged: pull.merged }]
      : [];
  });
}
