import { describe, expect, it } from "vitest";
import { describeEvent, idsIn } from "./describe-event";

const names = new Map([
  ["u1", "Nora Brandt"],
  ["c1", "Marta Oliveira"],
  ["c2", "Jonas Vik"],
]);

describe("a line of history", () => {
  it.each([
    ["opened", { source: "EMAIL" }, "Opened by mail"],
    ["status", { from: "OPEN", to: "PENDING" }, "Status PENDING"],
    [
      "status",
      { from: "SOLVED", to: "OPEN", why: "the customer answered" },
      "Status OPEN, because the customer answered",
    ],
    ["priority", { from: "NORMAL", to: "URGENT" }, "Priority urgent"],
    ["assigned", { from: null, to: "u1" }, "Assigned to Nora Brandt"],
    ["assigned", { from: "u1", to: null }, "Assigned to nobody"],
    ["assigned", { from: null, to: "gone" }, "Assigned to somebody"],
    ["merged-into", { number: 7 }, "Merged into #7"],
    ["merged-from", { number: 8 }, "#8 was merged into this ticket"],
    [
      "deleted",
      { why: "the sample tickets were removed" },
      "Deleted, because the sample tickets were removed",
    ],
    ["requester", { from: "c2", to: "c1" }, "Requester changed from Jonas Vik to Marta Oliveira"],
    ["requester", { from: null, to: "c1" }, "Requester set to Marta Oliveira"],
    ["participant-approved", { contactId: "c1" }, "Marta Oliveira may take part"],
    [
      "delivery-retried",
      { deliveryId: "d1", to: "a@b.example" },
      "Mail to a@b.example queued again",
    ],
    [
      "delivery-cancelled",
      { deliveryId: "d1", to: "a@b.example" },
      "Mail to a@b.example cancelled",
    ],
    ["tagged", { name: "Returns" }, "Tagged “Returns”"],
    ["untagged", { name: "Returns" }, "Tag “Returns” removed"],
    [
      "snoozed",
      { until: "2026-11-28T08:00:00.000Z", zone: "Europe/Berlin" },
      "Snoozed until Sat 28 Nov 2026, 09:00 (Europe/Berlin)",
    ],
    ["woken", {}, "Woken"],
    ["related", { number: 7 }, "Related to #7"],
    ["unrelated", { number: 7 }, "No longer related to #7"],
    [
      "bounced",
      { address: "a@b.example", status: "5.1.1" },
      "Mail to a@b.example came back (5.1.1)",
    ],
  ])("reads %s %j", (kind, data, words) => {
    expect(describeEvent({ kind, data }, names)).toBe(words);
  });

  it("names what it does not know instead of failing", () => {
    expect(describeEvent({ kind: "snoozed", data: null }, names)).toBe("snoozed");
    expect(describeEvent({ kind: "snoozed", data: { until: "soon", zone: "" } }, names)).toBe(
      "snoozed",
    );
    expect(describeEvent({ kind: "status", data: [1] }, names)).toBe("status");
  });

  it("says whose names it needs", () => {
    const events = [
      { kind: "assigned", data: { from: "u0", to: "u1" } },
      { kind: "assigned", data: { from: "u1", to: null } },
      { kind: "participant-approved", data: { contactId: "c1" } },
      { kind: "assigned", data: { from: null, to: "u1" } },
      { kind: "requester", data: { from: null, to: "c2" } },
      { kind: "requester", data: { from: "c2", to: "c3" } },
    ];
    expect(idsIn(events)).toEqual(["u1", "c1", "c2", "c3"]);
  });
});
