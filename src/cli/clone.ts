import { execFile } from "node:child_process";
import { type Sha, sha } from "../flow/names.ts";
import type { Evidence } from "../release/evidence/record.ts";
import { type Clone, type GitObject, lacking } from "../release/verification/git.ts";
import type { Env } from "./ask.ts";

/** More than the objects of a run-book and a tag come to. */
const LARGEST = 64 * 1024 * 1024;

/**
 * What a clone has of a release, read by the `git` program. Nothing that the clone's own config says is run, nothing is fetched,
 * and no object is taken for another one.
 *
 * @returns or why it cannot be read, in one sentence.
 */
export async function readClone(
  path: string,
  evidence: Evidence,
  env: Env,
): Promise<Clone | { readonly problem: string }> {
  const git = (args: readonly string[], input = "") => run(path, args, input, env);
  const here = await git(["rev-parse", "--git-dir"]);
  if (here.code !== 0) return { problem: `${path} is no clone that can be read: ${here.says}` };
  const ref = await git(["show-ref", "--verify", "--hash", `refs/tags/${evidence.release.tag.name}`]);
  const tag = ref.code === 0 ? sha(ref.output.toString("latin1").trim()) : null;
  const objects = new Map<Sha, GitObject | null>();
  for (;;) {
    const lacks = lacking(evidence, { tag, objects });
    if (lacks.length === 0) return { tag, objects };
    const read = await git(["cat-file", "--batch"], lacks.map((id) => `${id}\n`).join(""));
    if (read.code !== 0) return { problem: `What was released cannot be read from ${path}: ${read.says}` };
    const found = objectsIn(read.output);
    for (const id of lacks) objects.set(id, found.get(id) ?? null);
  }
}

type Ran = { readonly code: number; readonly output: Buffer; readonly says: string };

function run(path: string, args: readonly string[], input: string, env: Env): Promise<Ran> {
  const quiet = ["-c", "core.fsmonitor=false", "-c", "safe.directory=*", "--no-replace-objects", "-C", path];
  const own = {
    PATH: env["PATH"],
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    // A clone that left objects out would fetch them, by whatever program its config names.
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
  };
  return new Promise((resolve) => {
    const child = execFile(
      "git",
      [...quiet, ...args],
      { env: own, encoding: "buffer", maxBuffer: LARGEST },
      (error, output, told) => {
        const says = told.toString("utf8").trim() || (error?.message ?? "");
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, output, says: missing(error) ? "there is no `git` on this machine." : says });
      },
    );
    child.stdin?.on("error", () => {
      // It ended before it read all: its code tells why.
    });
    child.stdin?.end(input);
  });
}

const missing = (error: Error | null) => (error as NodeJS.ErrnoException | null)?.code === "ENOENT";

/** Answers of `git cat-file --batch`, one after the other: `ID TYPE SIZE`, the content and a newline; `ID missing`. */
function objectsIn(output: Buffer): ReadonlyMap<string, GitObject> {
  const found = new Map<string, GitObject>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [id = "", type, size] = output.toString("latin1", at, end).split(" ");
    const from = end + 1;
    const length = size === undefined ? 0 : Number(size);
    if (type === "commit" || type === "tree" || type === "blob" || type === "tag")
      found.set(id, { type, bytes: output.subarray(from, from + length) });
    at = size === undefined ? from : from + length + 1;
  }
  return found;
}
