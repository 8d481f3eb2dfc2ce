import { spawnSync } from "node:child_process";

/** Installs Debian packages when we are root, and does nothing otherwise. The caller looks again for what it needs. */
export function installPackages(...names: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...words: readonly string[]) => spawnSync("apt-get", words, { stdio: "inherit", env }).status === 0;
  const install = ["install", "-y", "--no-install-recommends", ...names];
  if (!apt(...install) && apt("update")) apt(...install);
}
