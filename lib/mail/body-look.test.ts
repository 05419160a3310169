import { expect, test } from "vitest";
import { bodyLook } from "./body-look";

test.each([
  ['<body bgcolor="#000000" text="#ffffff">', "background-color:#000000;color:#ffffff"],
  ["<html><BODY TEXT=white BGCOLOR=336699 >", "background-color:#336699;color:white"],
  ["<body style='margin:0;background:#111;color:#eee;display:none'>", "background:#111;color:#eee"],
  [
    '<body style="background: #102030 url(https://evil.example/x.png); color: rgb(250, 250, 250)">',
    "background:#102030;color:rgb(250, 250, 250)",
  ],
  ['<body style="background:url(https://evil.example/x.png)">', ""],
  ['<body style="color:expression(alert(1))" bgcolor="javascript:x">', ""],
  ['<body style="color:red&quot;;x:y">', ""],
  ['<body class="a" data-text="white">', ""],
  ["<p>no body</p>", ""],
])("%s: %j", (html, expected) => {
  expect(bodyLook(html)).toBe(expected);
});
