import type { Metadata } from "next";
import Link from "next/link";
import { canSendLinks } from "@/lib/invitations";
import { isRegistrationOpen } from "@/lib/portal";
import { paths } from "../../paths";
import { Callout } from "../../ui/callout";
import { register } from "../access/actions";
import { LinkRequestForm } from "../access/link-request-form";
import { AuthFrame } from "../auth-frame";

export const metadata: Metadata = { title: "Register" };

export default async function RegisterPage() {
  const [isOpen, canSend] = await Promise.all([isRegistrationOpen(), canSendLinks()]);
  return (
    <AuthFrame
      title="Register"
      lead="See your tickets, answer them and open new ones here. Use the address you write to us from: its earlier tickets are there at once."
      foot={
        <>
          Registered already?{" "}
          <Link href={paths.login()} className="link">
            Sign in
          </Link>
        </>
      }
    >
      {isOpen && canSend ? (
        <LinkRequestForm
          action={register}
          withName
          label="Register"
          sent="A link is on its way to it. It works once, for 30 minutes, and proves that the address is yours."
        />
      ) : (
        <Callout
          tone="amber"
          title={
            isOpen
              ? "This help desk can’t send mail at the moment."
              : "Registration is closed here."
          }
        >
          {isOpen
            ? "Try again later."
            : "Ask us for an invitation. By mail you reach us as before."}
        </Callout>
      )}
    </AuthFrame>
  );
}
