import { expect, it } from "vitest";
import { fieldsOfForm } from "./form";

it("reads what a browser would send of one form among others", () => {
  const html = `<form><input name="q" value="x"/></form>
    <form action="" method="POST"><input type="hidden" name="$ACTION_1:0" value="{&quot;id&quot;:&quot;a&amp;b&quot;}"/>
    <input name="cc" value=""/><input type="checkbox" name="off"/><input type="checkbox" name="on" checked="" value="1"/>
    <select name="from"><option value="1">a</option><option value="2" selected="">b</option></select>
    <textarea id="reply-text" name="text" rows="5">Hello &lt;you&gt;</textarea>
    <input type="file" name="files"/><button type="submit" name="status" value="PENDING">Send</button></form>`;
  expect(Object.fromEntries(fieldsOfForm(html, "reply-text"))).toEqual({
    "$ACTION_1:0": '{"id":"a&b"}',
    ...{ cc: "", on: "1", from: "2", text: "Hello <you>" },
  });
  expect(() => fieldsOfForm(html, "note-text")).toThrow("no form");
});
