import { createHash } from "node:crypto";
import type { Sha } from "../model.ts";
import type { GitObject } from "./process.ts";

export type Signature = { readonly name: string; readonly email: string; readonly date: string };
export type Commit = {
  readonly sha: Sha;
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
};
export type TreeEntry = { readonly mode: string; readonly name: string; readonly sha: Sha };
export type Tag = {
  readonly sha: Sha;
  readonly object: Sha;
  readonly type: string;
  readonly tag: string;
  readonly tagger: Signature | null;
  readonly message: string;
};

/** The name git gives to this content. */
export function nameOf(type: GitObject["type"], content: Buffer): Sha {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
}

function parseSignature(text: string): Signature {
  const match = /^(.*?) ?<([^>]*)> (-?\d+)/s.exec(text);
  const seconds = Number(match?.[3] ?? 0);
  return {
    name: match?.[1] ?? "",
    email: match?.[2] ?? "",
    date: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`,
  };
}

function printSignature({ name, email, date }: Signature): string {
  const clean = (text: string) => text.replace(/[<>\n\0]/g, "").trim();
  return `${clean(name) || "unknown"} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}

function headersAndMessage(content: Buffer): { headers: [string, string][]; message: string } {
  const text = content.toString("utf8");
  const split = text.indexOf("\n\n");
  const head = split < 0 ? text : text.slice(0, split);
  const headers = head
    .split("\n")
    .filter((line) => !line.startsWith(" "))
    .map((line): [string, string] => {
      const space = line.indexOf(" ");
      return [line.slice(0, space), line.slice(space + 1)];
    });
  return { headers, message: split < 0 ? "" : text.slice(split + 2) };
}

export function parseCommit(sha: Sha, content: Buffer): Commit {
  const { headers, message } = headersAndMessage(content);
  const first = (name: string) => headers.find(([key]) => key === name)?.[1] ?? "";
  return {
    sha,
    tree: first("tree"),
    parents: headers.filter(([key]) => key === "parent").map(([, value]) => value),
    author: parseSignature(first("author")),
    committer: parseSignature(first("committer")),
    message: message.replace(/\n$/, ""),
  };
}

export function printCommit(commit: Omit<Commit, "sha">): Buffer {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${printSignature(commit.author)}`,
    `committer ${printSignature(commit.committer)}`,
    "",
    `${commit.message}\n`,
  ];
  return Buffer.from(lines.join("\n"));
}

export function parseTag(sha: Sha, content: Buffer): Tag {
  const { headers, message } = headersAndMessage(content);
  const first = (name: string) => headers.find(([key]) => key === name)?.[1];
  const tagger = first("tagger");
  return {
    sha,
    object: first("object") ?? "",
    type: first("type") ?? "commit",
    tag: first("tag") ?? "",
    tagger: tagger === undefined ? null : parseSignature(tagger),
    message: message.replace(/\n$/, ""),
  };
}

export function printTag(tag: Omit<Tag, "sha">): Buffer {
  const lines = [`object ${tag.object}`, `type ${tag.type}`, `tag ${tag.tag}`];
  if (tag.tagger) lines.push(`tagger ${printSignature(tag.tagger)}`);
  return Buffer.from([...lines, "", `${tag.message}\n`].join("\n"));
}

export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const zero = content.indexOf(0, space);
    entries.push({
      mode: content.toString("latin1", at, space).padStart(6, "0"),
      name: content.toString("utf8", space + 1, zero),
      sha: content.toString("hex", zero + 1, zero + 21),
    });
    at = zero + 21;
  }
  return entries;
}

/** Git sorts folders as if their name ended in a slash. */
export function printTree(entries: readonly TreeEntry[]): Buffer {
  const key = (entry: TreeEntry) => Buffer.from(entry.mode === "040000" ? `${entry.name}/` : entry.name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
  return Buffer.concat(
    sorted.flatMap((entry) => [
      Buffer.from(`${entry.mode.replace(/^0/, "")} ${entry.name}\0`),
      Buffer.from(entry.sha, "hex"),
    ]),
  );
}

/** GitHub's word for what a tree entry is. */
export function kindOf(mode: string): "blob" | "tree" | "commit" {
  if (mode === "040000") return "tree";
  return mode === "160000" ? "commit" : "blob";
}
