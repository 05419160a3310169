import { describe, expect, test } from "vitest";
import { hiddenTarget } from "./link-target";
import { sanitiseHtml } from "./sanitize";

const clean = (html: string) =>
  sanitiseHtml(html, { cidUrl: () => null, loadRemoteImages: false }).html;
const markerIn = (html: string) => /<span class="target">\((.*?)\)<\/span>/.exec(clean(html))?.[1];
const titleIn = (html: string) => /title="(.*?)"/.exec(clean(html))?.[1];

describe("a link whose text shows another host than it opens", () => {
  test.each([
    ['<a href="https://evil.test/login">paypal.com</a>', "evil.test"],
    ['<a href="https://evil.test/">https://www.paypal.com/login</a>', "evil.test"],
    ['<a href="https://evil.test/">Sign in at paypal.com now</a>', "evil.test"],
    ['<a href="https://evil.test/"><b>pay</b><i>pal.com</i></a>', "evil.test"],
    ['<a href="https://evil.test/">pay&shy;pal&#46;com</a>', "evil.test"],
    ['<a href="https://evil.test/">ｐａｙｐａｌ．com</a>', "evil.test"],
    ['<a href="https://paypal.com@evil.test/">paypal.com</a>', "evil.test"],
    ['<a href="https://paypal.com.evil.test/">paypal.com</a>', "paypal.com.evil.test"],
    ['<a href="https://pаypal.com/">paypal.com</a>', "xn--pypal-4ve.com"],
    ['<a href="http://192.0.2.7/">paypal.com</a>', "192.0.2.7"],
    ['<a href="https://evil.test/">help@paypal.com</a>', "evil.test"],
    ['<a href="https://pаypal.com/">pаypal.com</a>', "xn--pypal-4ve.com"],
    ['<a href="https://evil.test/">https://paypal.com@evil.test/</a>', "evil.test"],
    ['<a href="https://evil.test/paypal.com">paypal.com/evil.test</a>', "evil.test"],
    ['<a href="https://evil.github.io/">paypal.github.io</a>', "evil.github.io"],
    ['<a href="mailto:me@evil.test">help@paypal.com</a>', "me@evil.test"],
    ['<a href="mailto:me@evil.test?subject=x">paypal.com</a>', "me@evil.test"],
    ['<a href="https://evil.test/">paypal.com<a>x</a></a>', "evil.test"],
    ['<a href="https://evil.test/">paypal.com', "evil.test"],
  ])("%s is followed by the real one", (html, host) => {
    expect(markerIn(html)).toBe(host);
  });

  test.each([
    '<a href="https://www.paypal.com/x">paypal.com</a>',
    '<a href="https://click.shop.com/x">www.shop.com</a>',
    '<a href="https://evil.test/">Click here</a>',
    '<a href="https://evil.test/">Version 1.2.3, invoice.pdf, node.js e.g.</a>',
    '<a href="https://münchen.de/">münchen.de</a>',
    '<a href="https://почта.рф/">почта.рф</a>',
    '<a href="https://shop.com/?to=https://other.com">https://shop.com/?to=https://other.com</a>',
    '<a href="https://shop.com/a.other.com">shop.com:443/a.other.com</a>',
    '<a href="mailto:Jo@Shop.com">jo@shop.com</a>',
    '<a href="mailto:jo@shop.com">shop.com</a>',
    '<a href="tel:+4930123">shop.com</a>',
    '<a href="https://shop.com/"><img src="cid:x" alt="paypal.com"></a>',
    '<a href="javascript:alert(1)">paypal.com</a>',
    "paypal.com",
  ])("%s needs no such word", (html) => {
    expect(clean(html)).not.toContain('class="target"');
  });

  test("the marker holds nothing that could be markup", () => {
    const html = `<a href="mailto:%3Cimg%20src=x%20onerror=alert(1)%3E@evil.test">a@b.com</a>`;
    expect(clean(html)).not.toMatch(/<img/);
    expect(markerIn(html)).toContain("@evil.test");
  });
});

describe("every link says on hover where it leads", () => {
  test.each([
    ['<a href="https://evil.test/x?a=1">x</a>', "Opens evil.test: https://evil.test/x?a=1"],
    [
      '<a href="https://paypal.com@evil.test/" title="https://paypal.com">x</a>',
      "Opens evil.test: https://paypal.com@evil.test/",
    ],
    ['<a href="https://pаypal.com/">x</a>', "Opens xn--pypal-4ve.com: https://xn--pypal-4ve.com/"],
    ['<a href="mailto:jo@shop.com?subject=x">x</a>', "Writes to jo@shop.com"],
    ['<a href="tel:+4930123">x</a>', "Calls +4930123"],
  ])("%s: %s", (html, title) => {
    expect(titleIn(html)).toBe(title);
  });

  test("a link that no browser could open is none", () => {
    expect(clean('<a href="http://[bad/">x</a>')).toBe("<a>x</a>");
  });
});

test("the address of a plain text's link is looked at the same way", () => {
  const hidden = (url: string) => hiddenTarget(url, url);
  expect(hidden("https://paypal.com@evil.test/login")).toBe("evil.test");
  expect(hidden("https://pаypal.com/")).toBe("xn--pypal-4ve.com");
  expect(hidden("https://shop.com/?to=https://other.com")).toBeNull();
});

test("a megabyte of links is read in a moment", () => {
  const html = '<a href="https://a.test/">b.com</a>'.repeat(30_000);
  const started = performance.now();
  expect(clean(html)).toContain("(a.test)");
  expect(clean(`<a href="https://a.test/">${"a.".repeat(400_000)}`)).toContain("a.a.");
  expect(performance.now() - started).toBeLessThan(5_000);
});
