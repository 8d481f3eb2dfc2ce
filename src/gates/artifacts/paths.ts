/** Stands in a path for what only the run of a script knows, as a variable that nothing in the repository sets. */
export const HOLE = "\uFFFC";

/** Ends of names that merely speak of Dockerfiles: the list of what an image leaves out, a page, the code of a tool. */
const SPEAKS_OF = /\.(dockerignore|containerignore|md|rst|adoc|txt|html?)$/i;
const CODE = /\.([cm]?[jt]sx?|py|go|rs|rb|java|kt|cs|php|pl|lua|ex|exs|sh|bash|css|json|ya?ml|toml|lock|snap)$/i;

/** `Dockerfile`, `Dockerfile.web`, `web.dockerfile`, `Containerfile`, wherever it lies; but not `dockerfile.test.ts`. */
export function isDockerfile(path: string): boolean {
  const name = nameOf(path);
  if (SPEAKS_OF.test(name)) return false;
  if (/^(Dockerfile|Containerfile)(\.[^.]+)?$/.test(name)) return true;
  return !CODE.test(name) && /^(docker|container)file([._-].*)?$|[._-](docker|container)file$/i.test(name);
}

export const isCompose = (path: string) =>
  /^(.+[._-])?compose([._-].+)?\.ya?ml$|^docker-stack([._-].+)?\.ya?ml$/i.test(nameOf(path));
export const isMakefile = (path: string) => /^(gnu)?makefile([._-].+)?$|\.mk$/i.test(nameOf(path));
export const isWorkflow = (path: string) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
export const isShell = (path: string) => /\.(sh|bash|zsh|ksh)$/i.test(path);
/** A file without an ending may be a script where it is executable; its first line tells. */
export const mayBeShell = (path: string) => !nameOf(path).includes(".");
/** `.env`, `.env.production`, `web.env`, and the templates of each. */
export const isEnvFile = (path: string) =>
  /(^|\.)env(\.[\w-]+)*$/i.test(nameOf(path)) && !CODE.test(path) && !SPEAKS_OF.test(path);
export const isTemplate = (path: string) => /\.(example|template|sample|dist)(\.env)?$/i.test(path);

export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** No file of a repository lies deeper; a script that goes down in a loop is not followed further. */
const DEEPEST = 100;

/** A path from a folder, from the root of the repository; null where it leaves the repository. */
export function resolved(folder: string, path: string): string | null {
  if (path.startsWith("/") || path === HOLE || /^[a-z+]+:\/\//i.test(path)) return null;
  const parts = folder.split("/").filter(Boolean);
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length > DEEPEST ? null : parts.join("/");
}

/** Whether a path is meant by one with holes. A hole fills no slash, and a whole folder only beside one that is named. */
export function means(pattern: string, path: string): boolean {
  if (!pattern.includes(HOLE)) return pattern === path;
  const wanted = pattern.split("/");
  const there = path.split("/");
  if (wanted.length !== there.length || !wanted.slice(0, -1).some((part) => part.replaceAll(HOLE, "") !== ""))
    return false;
  return wanted.at(-1) !== HOLE && wanted.every((part, place) => fills(part, there[place] as string));
}

function fills(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split(HOLE);
  const last = rest.pop();
  if (last === undefined) return first === text;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
