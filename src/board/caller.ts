import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** What a reverse proxy in front has for an address, and nobody on the internet. */
const OWN: readonly string[] = ["loopback", "private", "linkLocal", "uniqueLocal", "carrierGradeNat"];

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
  return isIP(address) === 0 ? address : ipaddr.process(address).toString();
}

const isOwn = (address: string): boolean => isIP(address) !== 0 && OWN.includes(ipaddr.parse(address).range());

/** Whom an address counts for: who has one of IPv6 has the whole network of 64 bits. */
export const countedAs = (address: string): string =>
  isIP(address) === 6 ? ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString() : address;
