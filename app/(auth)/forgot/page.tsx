import type { Metadata } from "next";
import Link from "next/link";
import { canSendLinks } from "@/lib/invitations";
import { paths } from "../../paths";
import { Callout } from "../../ui/callout";
import { sendReset } from "../access/actions";
import { LinkRequestForm } from "../access/link-request-form";
import { AuthFrame } from "../auth-frame";

export const metadata: Metadata = { title: "Forgot your password?" };

export default async function ForgotPage() {
  const canSend = await canSendLinks();
  return (
    <AuthFrame
      title="Forgot your password?"
      lead="We mail you a link to choose a new one. It works once, for 30 minutes."
      foot={
        <Link href={paths.login()} className="link">
          Back to the sign-in
        </Link>
      }
    >
      {canSend ? (
        <LinkRequestForm
          action={sendReset}
          label="Send the link"
          sent="If this address can sign in here, a link is on its way to it. If none comes within a few minutes, look among the spam, or ask an administrator."
        />
      ) : (
        <Callout tone="amber" title="This help desk can’t send mail at the moment.">
          Ask an administrator: they can make a link for you.
        </Callout>
      )}
    </AuthFrame>
  );
}
