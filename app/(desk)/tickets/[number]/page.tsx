import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { requireAgent, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { Live } from "@/app/ui/live";
import { AppError } from "@/lib/errors";

import { listAssignable } from "@/lib/tickets/assign";
import { type Begun, findBegun } from "@/lib/tickets/begun";

import {
  type ConversationTicket,
  getTicket,
  markRead,
  readConversation,
} from "@/lib/tickets/conversation";
import type { DraftKind } from "@/lib/tickets/drafts";
import { presentOn } from "@/lib/tickets/presence";
import { listRelated } from "@/lib/tickets/related";
import { getReplyHead, type ReplyHead } from "@/lib/tickets/reply-head";
import { spamChoices } from "@/lib/tickets/spam";
import { Composer } from "./composer";
import { ConversationView } from "./conversation-view";
import { CustomerColumn } from "./customer-column";
import { SpamNotice } from "./spam-notice";
import { TicketHeader } from "./ticket-header";
import { ticketNumberOf } from "./ticket-number";

type Props = {
  params: Promise<{ number: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** Once per request, for the title and the page. */
const load = cache(async (viewer: SignedIn, text: string) => {
  const number = ticketNumberOf(text);
  try {
    return await getTicket(viewer, number);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const agent = await requireAgent();
  const ticket = await load(agent, (await params).number);
  return { title: `#${ticket.number} ${ticket.subject}` };
}

export default async function TicketPage({ params, searchParams }: Props) {
  const agent = await requireAgent();
  const options = await searchParams;
  const ticket = await load(agent, (await params).number);
  if (ticket.mergedInto) redirect(paths.ticket(ticket.mergedInto.number));
  const isAsked = "reply" in options || "forward" in options;
  const prefersRich = (await cookies()).get("writing")?.value === "rich";
  const [conversation, agents, head, spam, related, present, begun] = await Promise.all([
    readConversation(agent, ticket, { all: "all" in options }),
    listAssignable(agent),
    headOf(agent, ticket, options),
    spamChoices(agent, ticket),
    listRelated(agent, ticket.id),
    presentOn(agent, ticket.id),
    findBegun(agent, ticket.number),
    markRead(agent, ticket),
  ]);
  return (
    <>
      <Live topics={[`ticket:${ticket.id}`]} />
      <TicketHeader
        conversation={conversation}
        related={related}
        present={present}
        agents={agents}
        viewerId={agent.id}
      />
      <div className="lg:grid lg:min-h-[calc(100dvh-91px)] lg:grid-cols-[minmax(0,1fr)_272px]">
        <div className="gutter min-w-0 pb-7 max-md:pb-[100px]">
          <SpamNotice conversation={conversation} choices={spam} />
          <ConversationView
            conversation={conversation}
            viewerId={agent.id}
            isExpanded={"expand" in options}
            isAll={"all" in options}
          />
          <Composer
            key={ticket.number}
            number={ticket.number}
            viewerId={agent.id}
            agents={agents}
            prefersRich={prefersRich}
            begun={begun}
            lastMessageRowId={conversation.lastMessageRowId}
            head={head}
            startWith={startWith(isAsked ? "reply" : options.compose, begun)}
          />
        </div>
        <CustomerColumn conversation={conversation} toBlock={spam.blocked ? null : spam.sender} />
      </div>
    </>
  );
}

/** The form for what `?reply` or `?forward` names; for a mail that is not there the usual one. */
async function headOf(
  agent: SignedIn,
  ticket: ConversationTicket,
  options: Record<string, string | string[] | undefined>,
): Promise<ReplyHead> {
  const { reply, forward } = options;
  const mode = typeof forward === "string" ? "forward" : "reply";
  const id = mode === "forward" ? forward : reply;
  try {
    return await getReplyHead(agent, ticket, {
      mode,
      id: typeof id === "string" && id ? id : null,
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not-found") throw error;
    return getReplyHead(agent, ticket, { mode: "reply", id: null });
  }
}

/** What the address asks for, or what has been begun. */
function startWith(
  asked: string | string[] | undefined,
  { reply, note }: Record<DraftKind, Begun>,
): "reply" | "note" {
  if (asked === "note" || asked === "reply") return asked;
  return note.draft && !reply.draft ? "note" : "reply";
}
