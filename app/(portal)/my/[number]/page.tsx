import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { Attachments } from "@/app/(desk)/tickets/[number]/attachments";
import { MailText } from "@/app/(desk)/tickets/[number]/mail-text";
import { ticketNumberOf } from "@/app/(desk)/tickets/[number]/ticket-number";
import { requireUser, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { StatusBadge } from "@/app/ui/badge";
import { classNames } from "@/app/ui/class-names";
import { Disclosure } from "@/app/ui/disclosure";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import { AppError } from "@/lib/errors";
import { type CustomerMessage, getCustomerConversation } from "@/lib/tickets/customer-conversation";
import { AnswerForm } from "./answer-form";

type Props = { params: Promise<{ number: string }> };

/** Once per request, for the title and the page. */
const load = cache(async (user: SignedIn, text: string) => {
  const number = ticketNumberOf(text);
  try {
    return await getCustomerConversation(user, number);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { ticket } = await load(await requireUser(), (await params).number);
  return { title: `#${ticket.number} ${ticket.subject}` };
}

export default async function MyTicketPage({ params }: Props) {
  const user = await requireUser();
  const { ticket, messages } = await load(user, (await params).number);
  return (
    <>
      <PageHeader
        title={ticket.subject}
        meta={
          <span className="inline-flex items-center gap-2">
            #{ticket.number} <StatusBadge status={ticket.status} />
          </span>
        }
        back={{ href: paths.my, label: "Back to my tickets" }}
      />
      <div className="gutter max-w-[860px] pb-10">
        <section aria-label="Conversation">
          {messages.map((message) => (
            <Message key={message.id} message={message} />
          ))}
        </section>
        {ticket.status === "CLOSED" ? (
          <p className="py-5 text-ink-2">
            This ticket is closed. If something is left, open a new one.
          </p>
        ) : (
          <AnswerForm number={ticket.number} />
        )}
      </div>
    </>
  );
}

function Message({ message }: { message: CustomerMessage }) {
  return (
    <article
      aria-label={`Message from ${message.name}`}
      className="grid grid-cols-[32px_minmax(0,1fr)] gap-x-2.5 border-b border-rule pt-3.5 pb-4 max-md:grid-cols-1"
    >
      <span className="max-md:hidden">
        <Avatar name={message.name} />
      </span>
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <b dir="auto" className="font-semibold">
            {message.name}
          </b>
          <RelativeTime date={message.at} className="ml-auto text-xs text-ink-3" />
        </div>
        <div
          className={classNames("mt-2.5", message.isOurs && "border-l-2 border-edge-soft pl-3.5")}
        >
          <MailText text={message.newText} className="text-mail" />
        </div>
        {message.quotedText && (
          <Disclosure label="Quoted text" className="mt-2.5">
            <MailText text={message.quotedText} className="text-base text-ink-2" />
          </Disclosure>
        )}
        <Attachments attachments={message.attachments} />
      </div>
    </article>
  );
}
