import { db } from "@/lib/db/client";
import { createUpload } from "@/lib/testing/factories";
import type { Caller, People } from "./callers";
import { DESK, NOBODY } from "./callers";
import { ticketOf } from "./calls";

/** A request that changes something without being a server action. */
export type ChangingRequest = { method: "POST" | "DELETE"; address: string; body?: BodyInit };

export type ChangingCase = {
  what: string;
  request: (people: People, caller: Caller) => Promise<ChangingRequest>;
  allowed: readonly Caller[];
};

const draftOf = async (people: People, text = "begun") => {
  const { number } = await ticketOf(people);
  const draft = { number, kind: "reply", text, html: null, fields: {}, base: null };
  return { number, body: JSON.stringify(draft) };
};

async function keptDraft(people: People, userId: string): Promise<{ number: number }> {
  const { id: ticketId, number } = await ticketOf(people);
  await db().prisma.draft.create({
    data: { ticketId, userId, kind: "reply", body: "begun", fields: {}, updatedAt: new Date() },
    select: { ticketId: true },
  });
  return { number };
}

/** Every way to change something by a route of app/api. */
export const CHANGING_ROUTES: ChangingCase[] = [
  {
    what: "saves a draft",
    request: async (people) => {
      const { body } = await draftOf(people);
      return { method: "POST", address: "/api/drafts", body };
    },
    allowed: DESK,
  },
  {
    what: "saves a draft on a ticket that is not there",
    request: async (people) => {
      const body = (await draftOf(people)).body.replace(/"number":\d+/, '"number":999999');
      return { method: "POST", address: "/api/drafts", body };
    },
    allowed: NOBODY,
  },
  {
    what: "discards one's own draft",
    request: async (people, caller) => {
      const owner = caller === "signed out" ? people.ids.agent : people.ids[caller];
      const { number } = await keptDraft(people, owner);
      return { method: "DELETE", address: `/api/drafts?number=${number}&kind=reply` };
    },
    allowed: DESK,
  },
  {
    what: "discards an agent's draft",
    request: async (people) => {
      const { number } = await keptDraft(people, people.ids.agent);
      return { method: "DELETE", address: `/api/drafts?number=${number}&kind=reply` };
    },
    allowed: ["agent"],
  },
  {
    what: "uploads a file",
    request: async (people) => {
      const { number } = await ticketOf(people);
      const address = `/api/uploads?number=${number}&kind=reply&name=a.txt`;
      return { method: "POST", address, body: "bytes" };
    },
    allowed: DESK,
  },
  {
    what: "uploads a file by the form",
    request: async (people) => {
      const { number } = await ticketOf(people);
      const body = new FormData();
      for (const [name, value] of Object.entries({ kind: "reply", text: "t", draft: "" }))
        body.set(name, value);
      body.set("number", String(number));
      body.append("files", new File(["bytes"], "a.txt"));
      return { method: "POST", address: "/api/uploads/form", body };
    },
    allowed: DESK,
  },
  {
    what: "removes one's own file",
    request: async (people, caller) => {
      const ownerId = caller === "signed out" ? people.ids.agent : people.ids[caller];
      const { id } = await createUpload({ ownerId, ticketId: (await ticketOf(people)).id });
      return { method: "DELETE", address: `/api/uploads/${id}` };
    },
    allowed: DESK,
  },
  {
    what: "removes an agent's file",
    request: async (people) => {
      const ticketId = (await ticketOf(people)).id;
      const { id } = await createUpload({ ownerId: people.ids.agent, ticketId });
      return { method: "DELETE", address: `/api/uploads/${id}` };
    },
    allowed: ["agent"],
  },
];
