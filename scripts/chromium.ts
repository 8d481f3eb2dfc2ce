import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "./debian.ts";

const browsers = ["chromium", "chromium-browser", "google-chrome"];
const packages = ["chromium", "fonts-dejavu-core"];

/** The path of the Chromium on PATH that the browser tests drive, or undefined when there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  return browsers.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Run as a program, before the browser tests, it sees to it that there is one, with a font to write in.
if (import.meta.main) {
  if (findChromium() === undefined || !existsSync("/usr/share/fonts/truetype/dejavu")) installPackages(...packages);
  if (findChromium() === undefined) {
    console.error(
      `The browser tests need Chromium: install Debian's packages ${packages.join(" and ")} and run them again.`,
    );
    process.exitCode = 1;
  }
}
