import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { requireAgent, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { Live } from "@/app/ui/live";
import { AppError } from "@/lib/errors";
import { explainBounce } from "@/lib/mail/explain-bounce";
import { type Begun, findBegun } from "@/lib/tickets/begun";
import { type Conversation, getConversation, markRead } from "@/lib/tickets/conversation";
import type { DraftKind } from "@/lib/tickets/drafts";
import { listFilterChoices } from "@/lib/tickets/list";
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
const load = cache(async (viewer: SignedIn, text: string, all: boolean) => {
  const number = ticketNumberOf(text);
  try {
    return await getConversation(viewer, number, { all });
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
});

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const agent = await requireAgent();
  const { ticket } = await load(agent, (await params).number, "all" in (await searchParams));
  return { title: `#${ticket.number} ${ticket.subject}` };
}

export default async function TicketPage({ params, searchParams }: Props) {
  const agent = await requireAgent();
  const options = await searchParams;
  const conversation = await load(agent, (await params).number, "all" in options);
  const { ticket } = conversation;
  if (ticket.mergedInto) redirect(paths.ticket(ticket.mergedInto.number));
  const prefersRich = (await cookies()).get("writing")?.value === "rich";
  const [choices, spam, begun] = await Promise.all([
    listFilterChoices(agent),
    spamChoices(agent, ticket),
    findBegun(agent, ticket.number),
    markRead(agent, ticket),
  ]);
  const sender =
    choices.accounts.find(({ id, isActive }) => id === ticket.account?.id && isActive) ??
    choices.accounts.find(({ isActive, isDefault }) => isActive && isDefault);
  return (
    <>
      <Live topics={["ticket", "outbound"]} />
      <TicketHeader conversation={conversation} agents={choices.agents} viewerId={agent.id} />
      <div className="lg:grid lg:min-h-[calc(100dvh-91px)] lg:grid-cols-[minmax(0,1fr)_272px]">
        <div className="gutter min-w-0 pb-7 max-md:pb-[100px]">
          <SpamNotice conversation={conversation} choices={spam} />
          <ConversationView
            conversation={conversation}
            viewerId={agent.id}
            isExpanded={"all" in options || "expand" in options}
          />
          <Composer
            key={ticket.number}
            number={ticket.number}
            viewerId={agent.id}
            agents={choices.agents}
            prefersRich={prefersRich}
            begun={begun}
            lastMessageRowId={conversation.lastMessageRowId}
            from={sender?.email ?? null}
            to={
              ticket.requester && conversation.replyTo !== null
                ? { name: ticket.requester.name, email: conversation.replyTo }
                : null
            }
            toBounced={bounceOf(conversation)}
            startWith={startWith(options.compose, begun)}
          />
        </div>
        <CustomerColumn conversation={conversation} />
      </div>
    </>
  );
}

/** What the address asks for, or what has been begun. */
function startWith(
  asked: string | string[] | undefined,
  { reply, note }: Record<DraftKind, Begun>,
): "reply" | "note" {
  if (asked === "note" || asked === "reply") return asked;
  return note.draft && !reply.draft ? "note" : "reply";
}

/** Why mail to the address an answer goes to came back; null when it did not. */
function bounceOf({ ticket: { requester }, replyTo }: Conversation): string | null {
  const addresses = requester ? [requester, ...requester.mergedFrom] : [];
  const bounced = addresses.find(({ email, bouncedAt }) => bouncedAt && email === replyTo);
  return bounced ? explainBounce(bounced.bounceReason).cause : null;
}
