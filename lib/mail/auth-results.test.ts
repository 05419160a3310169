import { describe, expect, test } from "vitest";
import { readAuthentication } from "./auth-results";
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
});
