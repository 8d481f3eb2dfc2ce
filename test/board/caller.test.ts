import { describe, expect, it } from "@jest/globals";
import { callerOf, countedAs } from "../../src/board/caller.ts";

describe("The address that a request comes from", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, string | undefined, string | undefined, string]>([
    ["nobody is between",                          "203.0.113.9",        undefined,                          "203.0.113.9"],
    ["one writes the header oneself",              "203.0.113.9",        "198.51.100.1",                     "203.0.113.9"],
    ["a proxy on this machine forwards it",        "127.0.0.1",          "203.0.113.9",                      "203.0.113.9"],
    ["a proxy beside it does",                     "::ffff:172.18.0.2",  "203.0.113.9",                      "203.0.113.9"],
    ["one by IPv6 does",                           "fd00::2",            "2001:db8::7",                      "2001:db8::7"],
    ["two do, one after the other",                "::1",                "203.0.113.9, 10.0.0.4",            "203.0.113.9"],
    ["somebody writes more before it",             "127.0.0.1",          "198.51.100.1, 203.0.113.9",        "203.0.113.9"],
    ["somebody is in the same network",            "10.0.0.4",           "192.168.7.9",                      "192.168.7.9"],
    ["a proxy adds ports",                         "10.0.0.4",           "203.0.113.9:4711",                 "203.0.113.9"],
    ["a proxy adds ports to IPv6",                 "10.0.0.4",           "[2001:db8::7]:4711",               "2001:db8::7"],
    ["a proxy does not say",                       "10.0.0.4",           undefined,                          "10.0.0.4"],
    ["a proxy says that it does not know",         "10.0.0.4",           "203.0.113.9, unknown",             "10.0.0.4"],
    ["it is of a link",                            "fe80::1%eth0",       undefined,                          "fe80::1"],
    ["the connection has none",                    undefined,            "203.0.113.9",                      ""],
  ])("is told where %s", (_what, peer, forwarded, address) => {
    expect(callerOf(peer, forwarded)).toBe(address);
  });

  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
    ["2001:0DB8:1:2::1", "2001:db8:1:2::"],
    ["2001:db8::1", "2001:db8::"],
    ["::1", "::"],
    ["", ""],
  ])("%s counts for %s", (address, counted) => {
    expect(countedAs(address)).toBe(counted);
  });
});
