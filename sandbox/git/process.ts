import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

export type GitResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };

/** The environment git runs in: nothing of this machine's settings, no prompts, times in UTC. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "sandbox",
  GIT_AUTHOR_EMAIL: "sandbox@localhost",
  GIT_COMMITTER_NAME: "sandbox",
  GIT_COMMITTER_EMAIL: "sandbox@localhost",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
};

/** Runs git once, without a shell, and gives what it printed. Never throws for git's own failures. */
export function runGit(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly input?: Buffer | string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd: options.cwd, env: { ...gitEnvironment, ...options.env }, stdio: "pipe" });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

export type GitObject = { readonly type: "commit" | "tree" | "blob" | "tag"; readonly content: Buffer };

type Asked = { readonly resolve: (object: GitObject | undefined) => void; readonly reject: (error: Error) => void };

/** One `git cat-file --batch` that stays open, because starting git costs more than reading an object. */
export type ObjectReader = { read(sha: string): Promise<GitObject | undefined>; close(): void };

/** Opens a reader for the objects of the repository in `folder`. */
export function openReader(folder: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | null = null;
  let asked: Asked[] = [];
  let pending: Buffer = Buffer.alloc(0);

  const take = () => {
    for (;;) {
      const lineEnd = pending.indexOf(10);
      if (lineEnd < 0) return;
      const [, type, size] = pending.toString("utf8", 0, lineEnd).split(" ");
      if (size === undefined) {
        pending = pending.subarray(lineEnd + 1);
        asked.shift()?.resolve(undefined);
        continue;
      }
      const end = lineEnd + 1 + Number(size);
      if (pending.length < end + 1) return;
      const content = Buffer.from(pending.subarray(lineEnd + 1, end));
      pending = pending.subarray(end + 1);
      asked.shift()?.resolve({ type: type as GitObject["type"], content });
    }
  };
  const start = () => {
    const started = spawn("git", ["cat-file", "--batch"], { cwd: folder, env: gitEnvironment, stdio: "pipe" });
    started.stdout.on("data", (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      take();
    });
    started.stdin.on("error", () => undefined);
    started.on("error", () => undefined);
    started.on("close", () => {
      if (child === started) child = null;
      const lost = asked;
      asked = [];
      pending = Buffer.alloc(0);
      for (const one of lost) one.reject(new Error(`git cat-file ended in ${folder}`));
    });
    started.unref();
    return started;
  };

  return {
    read: (sha) =>
      new Promise((resolve, reject) => {
        child ??= start();
        asked.push({ resolve, reject });
        child.stdin.write(`${sha}\n`);
      }),
    close() {
      child?.stdin.end();
      child?.kill();
    },
  };
}
