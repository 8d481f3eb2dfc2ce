import { createServer } from "node:net";

const tries = 100;

/** The first port from `from` on that nothing listens on at `host`; 0 stays 0, which means any. */
export async function nextFreePort(host: string, from: number): Promise<number> {
  if (from === 0) return 0;
  for (let port = from; port < from + tries && port <= 65_535; port += 1) {
    if (await isFree(host, port)) return port;
  }
  throw new Error(`No port from ${from} to ${from + tries - 1} is free; name another with --port.`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
