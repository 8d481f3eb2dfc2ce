import { DatabaseSync } from "node:sqlite";
import type { Entities } from "./model.ts";

/** All entities of one kind, by id, with look-ups by other keys. */
export type Table<T extends { readonly id: number }> = {
  get(id: number): T | undefined;
  /** All, oldest id first. */
  all(): readonly T[];
  put(entity: T): T;
  /** Puts the entity with some fields replaced and answers the new value. Throws when there is none. */
  change(id: number, fields: Partial<Omit<T, "id">>): T;
  remove(id: number): void;
  /** A look-up that stays current: all entities whose key is the one asked for, oldest id first. */
  index<Key extends string | number>(keyOf: (entity: T) => Key): (key: Key) => readonly T[];
};

/** The sandbox's memory: one table a kind, ids, and a copy on disk that survives a kill. */
export type State = {
  readonly [Kind in keyof Entities]: Table<Entities[Kind]>;
} & {
  /** A number no entity had before. */
  nextId(): number;
  /** A small value kept by name, such as how far the clock was skipped. */
  note(name: string): string | undefined;
  setNote(name: string, value: string): void;
  /** Calls back, at once, at every change of an entity. */
  onChange(listener: (kind: keyof Entities) => void): void;
  /** Writes what changed to disk in one transaction. Called before any answer leaves the sandbox. */
  flush(): void;
  close(): void;
};

const kinds: readonly (keyof Entities)[] = [
  "accounts",
  "memberships",
  "teams",
  "repositories",
  "refs",
  "labels",
  "apps",
  "installations",
  "authorisations",
  "tokens",
  "pulls",
  "issues",
  "activities",
  "protections",
  "comments",
  "reactions",
  "reviews",
  "suites",
  "runs",
  "workflowRuns",
  "statuses",
  "rulesets",
  "releases",
  "assets",
  "groups",
  "deliveries",
];

type Written = (id: number, entity: object | null) => void;

function table<T extends { readonly id: number }>(written: Written, load: readonly T[]): Table<T> {
  const entities = new Map<number, T>(load.map((entity) => [entity.id, entity]));
  const listeners: ((before: T | undefined, after: T | undefined) => void)[] = [];
  const set = (id: number, after: T | undefined) => {
    const before = entities.get(id);
    if (after) entities.set(id, after);
    else entities.delete(id);
    for (const listener of listeners) listener(before, after);
    written(id, after ?? null);
  };
  return {
    get: (id) => entities.get(id),
    all: () => [...entities.values()],
    put(entity) {
      set(entity.id, entity);
      return entity;
    },
    change(id, fields) {
      const before = entities.get(id);
      if (!before) throw new Error(`nothing has id ${id}`);
      const after = { ...before, ...fields };
      set(id, after);
      return after;
    },
    remove: (id) => set(id, undefined),
    index(keyOf) {
      type Key = ReturnType<typeof keyOf>;
      const found = new Map<Key, Map<number, T>>();
      const note = (before: T | undefined, after: T | undefined) => {
        const oldKey = before && keyOf(before);
        const newKey = after && keyOf(after);
        if (before && oldKey !== undefined && oldKey !== newKey) found.get(oldKey)?.delete(before.id);
        if (after && newKey !== undefined) {
          const same = found.get(newKey) ?? new Map<number, T>();
          found.set(newKey, same.set(after.id, after));
        }
      };
      for (const entity of entities.values()) note(undefined, entity);
      listeners.push(note);
      return (key) => [...(found.get(key)?.values() ?? [])];
    },
  };
}

/** Opens the memory kept in `file`, or an empty one that is forgotten at the end when `file` is null. */
export function openState(file: string | null): State {
  const database = new DatabaseSync(file ?? ":memory:");
  database.exec("pragma journal_mode = wal; pragma synchronous = normal");
  database.exec(
    "create table if not exists entity (kind text, id integer, body text not null, primary key (kind, id)) strict",
  );
  database.exec("create table if not exists note (name text primary key, value text not null) strict");
  const write = database.prepare("insert or replace into entity values (?, ?, ?)");
  const erase = database.prepare("delete from entity where kind = ? and id = ?");
  const writeNote = database.prepare("insert or replace into note values (?, ?)");

  const dirty = new Map<string, { kind: string; id: number; entity: object | null }>();
  const notes = new Map<string, string>(
    database
      .prepare("select name, value from note")
      .all()
      .map((row) => [String(row["name"]), String(row["value"])]),
  );
  const dirtyNotes = new Set<string>();
  const loaded = new Map<string, object[]>();
  for (const row of database.prepare("select kind, body from entity order by kind, id").all()) {
    const list = loaded.get(String(row["kind"])) ?? [];
    list.push(JSON.parse(String(row["body"])) as object);
    loaded.set(String(row["kind"]), list);
  }

  let soon: NodeJS.Immediate | null = null;
  let last = Number(notes.get("last id") ?? 1000);
  const flush = () => {
    if (soon) clearImmediate(soon);
    soon = null;
    if (dirty.size === 0 && dirtyNotes.size === 0) return;
    database.exec("begin immediate");
    for (const { kind, id, entity } of dirty.values()) {
      if (entity) write.run(kind, id, JSON.stringify(entity));
      else erase.run(kind, id);
    }
    for (const name of dirtyNotes) writeNote.run(name, notes.get(name) ?? "");
    database.exec("commit");
    dirty.clear();
    dirtyNotes.clear();
  };
  const later = () => {
    if (file !== null) soon ??= setImmediate(flush);
  };
  const setNote = (name: string, value: string) => {
    notes.set(name, value);
    if (file !== null) dirtyNotes.add(name);
    later();
  };
  const listeners: ((kind: keyof Entities) => void)[] = [];
  const written =
    (kind: keyof Entities): Written =>
    (id, entity) => {
      if (file !== null) {
        dirty.set(`${kind} ${id}`, { kind, id, entity });
        later();
      }
      for (const listener of listeners) listener(kind);
    };

  const tables = Object.fromEntries(
    kinds.map((kind) => [kind, table(written(kind), (loaded.get(kind) ?? []) as { id: number }[])]),
  ) as unknown as { [Kind in keyof Entities]: Table<Entities[Kind]> };
  return {
    ...tables,
    nextId() {
      last += 1;
      setNote("last id", String(last));
      return last;
    },
    note: (name) => notes.get(name),
    setNote,
    onChange: (listener) => void listeners.push(listener),
    flush,
    close() {
      flush();
      database.close();
    },
  };
}
