import { BlockList, isIP } from "node:net";

/** What a reverse proxy in front has for an address, and nobody on the internet. */
const OWN = new BlockList();
for (const [net, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["100.64.0.0", 10],
] as const)
  OWN.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  OWN.addSubnet(net, bits, "ipv6");

/**
 * The address that a request comes from. While the nearest one is of our own network it is taken for a proxy, whose word for
 * the one before it is believed; what a client from elsewhere writes into the header is not.
 *
 * @param forwarded the X-Forwarded-For header. @returns empty where the connection has none.
 */
export function callerOf(peer: string | undefined, forwarded: string | undefined): string {
  let caller = plain(peer ?? "");
  for (const before of (forwarded ?? "").split(",").reverse()) {
    const address = plain(before);
    if (!isOwn(caller) || isIP(address) === 0) break;
    caller = address;
  }
  return caller;
}

/** Without a port, a zone, or IPv6 around what is IPv4. */
function plain(written: string): string {
  const text = written.trim();
  const [, inBrackets] = /^\[([^\]]*)\]/.exec(text) ?? [];
  const [, withPort] = /^([\d.]+):\d+$/.exec(text) ?? [];
  const [address = ""] = (inBrackets ?? withPort ?? text).split("%");
  return address.replace(/^::ffff:(?=[\d.]+$)/i, "");
}

const isOwn = (address: string): boolean => {
  const version = isIP(address);
  return version !== 0 && OWN.check(address, version === 4 ? "ipv4" : "ipv6");
};

/** Whom an address counts for: who has one of IPv6 has the whole network of 64 bits. */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = (part = "") => part.split(":").filter((group) => group !== "");
  const [left, right] = (URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) ?? address).split("::");
  const before = groups(left);
  const zeros = 8 - before.length - groups(right).length;
  return [...before, ...Array(zeros).fill("0"), ...groups(right)].slice(0, 4).join(":");
}
