import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { Sha } from "../model.ts";
import { type Commit, nameOf, parseCommit, parseTree, printCommit, printTree, type TreeEntry } from "./objects.ts";
import { type GitObject, type GitResult, type ObjectReader, openReader, runGit } from "./process.ts";

/** The bare git repositories, one folder each, by the repository's id. */
export type Git = {
  folder(id: number): string;
  create(id: number): Promise<void>;
  /** Takes over all objects and branches and tags of the git repository in `path`. */
  copy(id: number, path: string): Promise<GitResult>;
  remove(id: number): Promise<void>;
  run(id: number, args: readonly string[], input?: Buffer | string): Promise<GitResult>;
  read(id: number, sha: Sha): Promise<GitObject | undefined>;
  commit(id: number, sha: Sha): Promise<Commit | undefined>;
  tree(id: number, sha: Sha): Promise<readonly TreeEntry[] | undefined>;
  write(id: number, type: GitObject["type"], content: Buffer): Promise<Sha>;
  writeCommit(id: number, commit: Omit<Commit, "sha">): Promise<Sha>;
  writeTree(id: number, entries: readonly TreeEntry[]): Promise<Sha>;
  /** What `work` gave before for this key; objects never change, so neither does what follows from them. */
  remembered<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Whether such an answer is there. */
  remembers(key: string): boolean;
  close(): void;
};

const openReaders = 24;
const cachedBytes = 64 * 1024 * 1024;
const rememberedAnswers = 20_000;

function objectCache() {
  const objects = new Map<string, GitObject>();
  let bytes = 0;
  return {
    get(key: string) {
      const found = objects.get(key);
      if (found) {
        objects.delete(key);
        objects.set(key, found);
      }
      return found;
    },
    set(key: string, object: GitObject) {
      if (objects.has(key) || object.content.length > cachedBytes / 16) return;
      objects.set(key, object);
      bytes += object.content.length + 200;
      for (const [oldest, dropped] of objects) {
        if (bytes <= cachedBytes) break;
        objects.delete(oldest);
        bytes -= dropped.content.length + 200;
      }
    },
  };
}

/** Opens the repositories kept under `root`. */
export function openGit(root: string): Git {
  const readers = new Map<number, ObjectReader>();
  const cache = objectCache();
  const answers = new Map<string, Promise<unknown>>();
  let temporary = 0;

  const folder = (id: number) => join(root, `${id}.git`);
  const readerOf = (id: number) => {
    const reader = readers.get(id) ?? openReader(folder(id));
    readers.delete(id);
    readers.set(id, reader);
    for (const [oldest, idle] of readers) {
      if (readers.size <= openReaders) break;
      readers.delete(oldest);
      idle.close();
    }
    return reader;
  };
  const read = async (id: number, sha: Sha) => {
    const key = `${id} ${sha}`;
    const cached = cache.get(key);
    if (cached) return cached;
    const object = await readerOf(id).read(sha);
    if (object) cache.set(key, object);
    return object;
  };
  const write = async (id: number, type: GitObject["type"], content: Buffer) => {
    const sha = nameOf(type, content);
    const place = join(folder(id), "objects", sha.slice(0, 2));
    const path = join(place, sha.slice(2));
    if (!existsSync(path)) {
      await mkdir(place, { recursive: true });
      temporary += 1;
      const draft = join(place, `tmp_${process.pid}_${temporary}`);
      await writeFile(
        draft,
        deflateSync(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]), { level: 1 }),
        {
          mode: 0o444,
        },
      );
      await rename(draft, path);
    }
    cache.set(`${id} ${sha}`, { type, content });
    return sha;
  };
  const configure = async (id: number) => {
    await runGit(["config", "gc.auto", "0"], { cwd: folder(id) });
    await runGit(["config", "uploadpack.allowAnySHA1InWant", "true"], { cwd: folder(id) });
  };

  return {
    folder,
    read,
    write,
    async create(id) {
      await mkdir(root, { recursive: true });
      await runGit(["init", "--quiet", "--bare", folder(id)]);
      await configure(id);
    },
    async copy(id, path) {
      await mkdir(root, { recursive: true });
      const copied = await runGit(["clone", "--quiet", "--bare", "--", path, folder(id)]);
      if (copied.code === 0) await configure(id);
      return copied;
    },
    async remove(id) {
      readers.get(id)?.close();
      readers.delete(id);
      await rm(folder(id), { recursive: true, force: true });
    },
    run: (id, args, input) => runGit(args, input === undefined ? { cwd: folder(id) } : { cwd: folder(id), input }),
    async commit(id, sha) {
      const object = await read(id, sha);
      return object?.type === "commit" ? parseCommit(sha, object.content) : undefined;
    },
    async tree(id, sha) {
      const object = await read(id, sha);
      return object?.type === "tree" ? parseTree(object.content) : undefined;
    },
    writeCommit: (id, commit) => write(id, "commit", printCommit(commit)),
    writeTree: (id, entries) => write(id, "tree", printTree(entries)),
    remembered<T>(key: string, work: () => Promise<T>): Promise<T> {
      const known = answers.get(key) as Promise<T> | undefined;
      if (known !== undefined) return known;
      const answer = work();
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      for (const oldest of answers.keys()) {
        if (answers.size <= rememberedAnswers) break;
        answers.delete(oldest);
      }
      return answer;
    },
    remembers: (key) => answers.has(key),
    close() {
      for (const reader of readers.values()) reader.close();
      readers.clear();
    },
  };
}
