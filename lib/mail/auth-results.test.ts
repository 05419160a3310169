import { describe, expect, test } from "vitest";
import { checkSender, readAuthentication } from "./auth-results";
import type { MailHeader } from "./mail";

const header = (name: string, value: string): MailHeader => ({ name, value });
const results = (value: string) => header("Authentication-Results", value);
const received = (by: string) =>
  header("Received", `from mail.sender.example (1.2.3.4) by ${by} with ESMTPS; Sun, 22 Nov 2026`);

describe("readAuthentication", () => {
  test("the receiving server's verdict is read, comments aside", () => {
    const value =
      "mx.example.com; dkim=pass (2048-bit key; dmarc=pass) header.d=a.example; spf=fail; dmarc=none";
    expect(readAuthentication([results(value), received("mx.example.com")])).toEqual({
      spf: "fail",
      dkim: "pass",
      dmarc: "none",
      server: "mx.example.com",
    });
  });

  test("a verdict below the receiving server's own Received header counts when both agree", () => {
    const headers = [received("in7.mx.example.com"), results("mx1.example.com; dmarc=pass")];
    expect(readAuthentication(headers)?.dmarc).toBe("pass");
  });

  test("a verdict that came with the mail is not believed", () => {
    const headers = [received("mx.example.com"), results("mail.sender.example; dmarc=pass")];
    expect(readAuthentication(headers)).toBeNull();
  });

  test("only the topmost verdict counts", () => {
    const headers = [results("mx.example.com; dmarc=fail"), results("mx.example.com; dmarc=pass")];
    expect(readAuthentication(headers)?.dmarc).toBe("fail");
  });

  test("Microsoft names no server", () => {
    const value =
      "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=a.example; dkim=none; dmarc=pass action=none";
    const headers = [received("DB1PR01MB1234.eurprd01.prod.outlook.com"), results(value)];
    expect(readAuthentication(headers)).toEqual({
      spf: "pass",
      dkim: "none",
      dmarc: "pass",
      server: null,
    });
  });

  test("one good signature of several is enough", () => {
    const value = "mx.example.com; dkim=fail header.d=x.example; dkim=pass header.d=y.example";
    expect(readAuthentication([results(value)])?.dkim).toBe("pass");
  });

  test("without the header there is no verdict", () => {
    expect(readAuthentication([received("mx.example.com")])).toBeNull();
  });

  test("ARC's and other servers' kept results are no verdict", () => {
    const arc = header("ARC-Authentication-Results", "i=1; mx.example.com; dmarc=pass");
    const kept = header("X-Original-Authentication-Results", "mx.example.com; dmarc=pass");
    expect(readAuthentication([arc, kept, received("mx.example.com")])).toBeNull();
  });

  test("a verdict from before another organisation passed the mail on is not believed", () => {
    const forged = results("mx.example.com; dmarc=pass");
    const passedOn = [received("mx.example.com"), received("relay.forwarder.net"), forged];
    expect(readAuthentication(passedOn)).toBeNull();
    const inside = [received("10.1.2.3"), received("store7"), received("mx.example.com"), forged];
    expect(readAuthentication(inside)?.dmarc).toBe("pass");
    const google = [received("2002:a05:6a10:1::"), received("mx.google.com")];
    expect(readAuthentication([...google, results("mx.google.com; spf=pass")])?.spf).toBe("pass");
  });

  test("a forged verdict below Microsoft's is not reached, and none without a name is believed elsewhere", () => {
    const outlook = received("DB1PR01MB1234.eurprd01.prod.outlook.com");
    const own = results("spf=fail smtp.mailfrom=a.example; dmarc=fail action=none");
    const forged = results("spf=pass smtp.mailfrom=a.example; dmarc=pass action=none");
    expect(readAuthentication([outlook, own, received("evil.net"), forged])?.dmarc).toBe("fail");
    expect(readAuthentication([received("mx.example.com"), forged])).toBeNull();
  });

  test.each([
    'mx.example.com; spf=fail smtp.mailfrom="x; dmarc=pass"@evil.example',
    'mx.example.com; dkim=fail reason="a \\" b; dmarc=pass"; spf=fail',
    "mx.example.com; spf=fail (why: x\\) ; dmarc=pass)",
    "mx.example.com; spf=fail (a (b) ; dmarc=pass)",
    "mx.example.com; spf=fail; dmarc=fail; dmarc=pass; spf=pass",
    "mx.example.com; spf=fail; x-dmarc=pass; dmarc2=pass",
  ])("what the sender wrote into it is no result: %s", (value) => {
    const found = readAuthentication([results(value)]);
    expect(found?.spf).toBe("fail");
    expect(found?.dmarc).not.toBe("pass");
  });

  test("a version after the server's name, folding and capitals do not matter", () => {
    const value = "MX.example.com 1 ; SPF=Pass smtp.mailfrom=a.example;\r\n\tDMARC = pass";
    expect(readAuthentication([results(value)])).toMatchObject({
      ...{ spf: "pass", dmarc: "pass", server: "mx.example.com" },
    });
  });

  test("a server that looked at nothing gives no result", () => {
    expect(readAuthentication([results("mx.example.com; none")])).toEqual({
      ...{ spf: null, dkim: null, dmarc: null, server: "mx.example.com" },
    });
  });
});

describe("checkSender", () => {
  const found = (spf: string | null, dmarc: string | null, dkim: string | null = null) =>
    checkSender({ spf, dkim, dmarc, server: "mx.example.com" });

  test.each([
    ["pass", "pass", "verified"],
    ["fail", "pass", "verified"],
    ["pass", "fail", "doubtful"],
    ["fail", null, "doubtful"],
    ["hardfail", "none", "doubtful"],
    ["softfail", "temperror", "doubtful"],
    ["pass", null, "unknown"],
    ["neutral", "none", "unknown"],
    ["permerror", "permerror", "unknown"],
    [null, null, "unknown"],
  ])("SPF %s and DMARC %s: %s", (spf, dmarc, expected) => {
    expect(found(spf, dmarc)).toBe(expected);
  });

  test("without a verdict nothing is said", () => {
    expect(checkSender(null)).toBe("unknown");
  });
});
