const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

type Package = {
  readonly version?: string;
  readonly cpu?: readonly string[];
  readonly dev?: boolean;
  readonly libc?: readonly string[];
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/**
 * Adds the platform packages that npm left out of a package-lock.json because the registry it asked had none for them.
 * Without an entry for each, `npm ci` refuses the whole lock, also on platforms that do not need them.
 * Returns the text of the complete lock; a complete lock comes back unchanged.
 */
export function completeLock(text: string): string {
  const lock = JSON.parse(text) as { packages: Record<string, Package> };
  const missing = Object.entries(lock.packages).flatMap(([owner, { dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => /^\d/.test(version) && !isLocked(lock.packages, owner, name))
      .map(([name, version]) => [`node_modules/${name}`, platformPackage(name, version, dev === true)] as const),
  );
  if (missing.length === 0) return text;
  const packages = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`;
}

function isLocked(packages: Readonly<Record<string, Package>>, owner: string, name: string): boolean {
  return `node_modules/${name}` in packages || `${owner}/node_modules/${name}` in packages;
}

/** The entry of a package whose name says where it runs, such as `@biomejs/cli-linux-x64-musl`. */
function platformPackage(name: string, version: string, dev: boolean): Package {
  const words = name.split(/[^a-z0-9]+/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (words.some((word) => /^arm(v\d\w*)?$/.test(word))) cpu.push("arm");
  if (os.length === 0 && cpu.length === 0) throw new Error(`The name ${name} does not say on which platform it runs.`);
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : [];
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}
