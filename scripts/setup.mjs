// Brings what package-lock.json names, Node 24 included, once. Plain JavaScript: it has to run on Node 18.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, "node_modules", ".setup-stamp");
const bringsNode = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);
const wanted = 24;

function stop(sentence) {
  process.stderr.write(`flowgate setup: ${sentence}\n`);
  process.exit(1);
}

/** The major version of the `node` that npm scripts will use from now on, or 0 when there is none that runs. */
function nodeMajor() {
  const path = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const asked = spawnSync("node", ["--version"], { env: { ...process.env, PATH: path }, encoding: "utf8" });
  return Number(/^v(\d+)\./.exec(asked.stdout ?? "")?.[1] ?? 0);
}

/** Runs `npm ci` with the npm that called us; its output goes on to the person, and its errors are also returned. */
function npmCi() {
  // Not our own process.execPath: that may be the Node inside node_modules, which `npm ci` is about to delete.
  const npm = process.env.npm_execpath;
  const node = process.env.npm_node_execpath ?? process.execPath;
  const [command, first] = npm ? [node, [npm]] : ["npm", []];
  const options = [
    "ci",
    "--include=dev",
    "--include=optional",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...options], { cwd: root, stdio: ["ignore", "inherit", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += chunk;
      process.stderr.write(chunk);
    });
    child.on("error", (error) => resolve({ code: 1, errors: `${errors}${error.message}` }));
    child.on("close", (code) => resolve({ code: code ?? 1, errors }));
  });
}

const digest = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== digest) {
  if (!bringsNode && nodeMajor() < wanted)
    stop(
      `Node ${wanted} comes with the project only on Linux x64 and arm64, and this is ${process.platform} ${process.arch}; install Node ${wanted} or newer and run this again.`,
    );
  process.stderr.write("flowgate setup: installing the packages of package-lock.json, once (about half a minute)\n");
  const { code, errors } = await npmCi();
  if (
    code !== 0 &&
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/.test(errors)
  )
    stop(
      "the package registry cannot be reached; connect to the network (or set npm's proxy) and run this again, later runs need no network.",
    );
  if (code !== 0) stop(`npm ci ended with ${code}; mend what it says above and run this again.`);
  if (nodeMajor() >= wanted) writeFileSync(stamp, digest);
}

if (nodeMajor() < wanted)
  stop(
    bringsNode
      ? `Node ${wanted} from node_modules does not run here (it needs glibc 2.28 or newer); install Node ${wanted} or newer yourself and run this again.`
      : `Node ${wanted} or newer is needed and ${process.version} was found; install it and run this again.`,
  );
