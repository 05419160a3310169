import { describe, expect, it } from "vitest";
import { readSpamVerdict } from "./spam-verdict";

/** "Name: value" lines, as a parsed mail has them. */
const headers = (...lines: string[]) =>
  lines.map((line) => {
    const colon = line.indexOf(":");
    return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
  });

const MX = "Received: from somewhere.test by mx.example.test; Fri, 27 Nov 2026 08:00:00 +0000";
const RELAY = "Received: from sender.test by relay.test; Fri, 27 Nov 2026 07:59:00 +0000";

describe("the receiving server takes a mail for spam", () => {
  it.each([
    "X-Spam-Flag: YES",
    "x-spam-flag: yes",
    "X-Spam-Status: Yes, score=9.2 required=5.0 tests=BAYES_99",
    "X-Spam: Yes",
    "X-Barracuda-Spam-Status: Yes, SCORE=7.10",
    "X-Rspamd-Action: add header",
    "X-Rspamd-Action: rewrite subject",
    "X-Rspamd-Action: reject",
    "X-MS-Exchange-Organization-SCL: 5",
    "X-MS-Exchange-Organization-SCL: 9",
    "X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:DE;LANG:en;SCL:6;SRV:;SFV:SPM;",
  ])("by %s", (line) => {
    expect(readSpamVerdict(headers(MX, line, "Subject: Hello"))?.toLowerCase()).toBe(
      line.slice(0, line.indexOf(": ") + 62).toLowerCase(),
    );
  });

  it.each([
    "X-Spam-Flag: NO",
    "X-Spam-Status: No, score=-1.9 required=5.0",
    "X-Spam-Status: Yesterday it was",
    "X-Spam-Level: **************",
    "X-Spam-Score: 14.2",
    "X-Rspamd-Action: no action",
    "X-Rspamd-Action: greylist",
    "X-MS-Exchange-Organization-SCL: -1",
    "X-MS-Exchange-Organization-SCL: 1",
    "X-Forefront-Antispam-Report: CIP:192.0.2.1;SCL:1;SRV:;SFV:NSPM;XSCL:9",
    "X-Microsoft-Antispam: BCL:7;",
    "X-Spam-Report: X-Spam-Flag: YES",
  ])("not by %s", (line) => {
    expect(readSpamVerdict(headers(MX, line, "Subject: Hello"))).toBeNull();
  });
});

describe("whose word counts", () => {
  it("is the topmost block's that has one", () => {
    expect(readSpamVerdict(headers("X-Spam-Flag: NO", MX, "X-Spam-Flag: YES", RELAY))).toBeNull();
    expect(readSpamVerdict(headers("X-Spam-Flag: YES", MX, "X-Spam-Flag: NO", RELAY))).toBe(
      "X-Spam-Flag: YES",
    );
  });

  it("is that of a filter which writes below all servers, whatever the sender wrote there", () => {
    const mail = headers(MX, RELAY, "X-Spam: No", "Subject: Hello", "X-Rspamd-Action: add header");
    expect(readSpamVerdict(mail)).toBe("X-Rspamd-Action: add header");
  });

  it("is nobody's in a mail without such headers", () => {
    expect(readSpamVerdict(headers(MX, "Subject: X-Spam-Flag: YES"))).toBeNull();
    expect(readSpamVerdict([])).toBeNull();
  });
});
