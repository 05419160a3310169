import { describe, expect, it } from "vitest";
import { lookupOf, parseAllowedHosts, resolveMailHost } from "./egress";

const nothing = parseAllowedHosts("");

describe("EMAIL_ALLOWED_PRIVATE_HOSTS", () => {
  it("takes names, addresses and ranges, however they are separated", () => {
    const allowed = parseAllowedHosts(" Mail.Internal., 10.0.0.0/8\n127.0.0.1 fd12::/16,::1 ");
    expect([...allowed.names]).toEqual(["mail.internal"]);
    expect(allowed.ranges.map(([address, bits]) => `${address}/${bits}`)).toEqual([
      "10.0.0.0/8",
      "127.0.0.1/32",
      "fd12::/16",
      "::1/128",
    ]);
  });

  it.each([
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10/8",
    "300.1.1.1",
    "010.0.0.1/8",
    "fd12::/129",
    "mail internal!",
    "*.example.com",
    "-mail.example.com",
  ])("names the bad entry %s", (entry) => {
    expect(() => parseAllowedHosts(`localhost,${entry}`)).toThrow(entry.split(" ").at(-1));
  });
});

describe("the address of a mail server", () => {
  it.each(["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])(
    "may be the public address %s",
    async (host) => {
      const [answer] = await resolveMailHost(host, nothing);
      expect(answer).toEqual({ address: host, family: host.includes(":") ? 6 : 4 });
    },
  );

  it.each([
    "127.0.0.1",
    "127.9.8.7",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12:3456::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
  ])("is refused on loopback or in a private network: %s", async (host) => {
    await expect(resolveMailHost(host, nothing)).rejects.toMatchObject({
      code: "EPRIVATEHOST",
      message: expect.stringContaining("EMAIL_ALLOWED_PRIVATE_HOSTS"),
    });
  });

  it.each([
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.192",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "::a9fe:a9fe",
    "2001:0:1::1",
  ])("is always refused, whatever is allowed: %s", async (host) => {
    const everything = parseAllowedHosts("0.0.0.0/0,::/0");
    await expect(resolveMailHost(host, everything)).rejects.toMatchObject({
      code: "EPRIVATEHOST",
    });
  });

  it.each([
    ["127.0.0.1", "127.0.0.0/8"],
    ["10.9.9.9", "10.0.0.0/8"],
    ["::1", "::1"],
    ["::ffff:10.0.0.1", "10.0.0.0/8"],
    ["10.0.0.1", "::ffff:10.0.0.0/104"],
    ["fd12::1", "fd12::/16"],
  ])("%s is allowed by %s", async (host, entry) => {
    await expect(resolveMailHost(host, parseAllowedHosts(entry))).resolves.toHaveLength(1);
  });

  it.each([
    ["10.0.0.1", "10.0.0.0/32"],
    ["172.20.0.1", "172.16.0.0/14"],
    ["fd13::1", "fd12::/16"],
    ["127.0.0.1", "::/0"],
  ])("%s is not allowed by %s", async (host, entry) => {
    await expect(resolveMailHost(host, parseAllowedHosts(entry))).rejects.toMatchObject({
      code: "EPRIVATEHOST",
    });
  });

  it("may be a private one when the name is allowed", async () => {
    await expect(resolveMailHost("localhost", nothing)).rejects.toMatchObject({
      code: "EPRIVATEHOST",
    });
    const answers = await resolveMailHost("LocalHost", parseAllowedHosts("localhost"));
    expect(answers.length).toBeGreaterThan(0);
  });

  it.each(["127.1", "0x7f.0.0.1", "2130706433"])(
    "is not smuggled in as %s, which the system reads as 127.0.0.1",
    async (host) => {
      await expect(resolveMailHost(host, nothing)).rejects.toMatchObject({
        code: expect.stringMatching(/^(EPRIVATEHOST|ENOTFOUND)$/),
      });
    },
  );

  it("that does not exist is ENOTFOUND", async () => {
    await expect(resolveMailHost("nowhere.invalid", nothing)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
    await expect(resolveMailHost("  ", nothing)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("is connected to without a second look-up", () => {
    const answers: unknown[] = [];
    const lookup = lookupOf([
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
    lookup("elsewhere.example", { all: true }, (_error, all) => answers.push(all));
    lookup("elsewhere.example", {}, (_error, address, family) => answers.push([address, family]));
    expect(answers).toEqual([
      [
        { address: "127.0.0.1", family: 4 },
        { address: "::1", family: 6 },
      ],
      ["127.0.0.1", 4],
    ]);
  });
});
