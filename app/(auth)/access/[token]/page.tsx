import type { Metadata } from "next";
import Link from "next/link";
import { findLink, type LinkState } from "@/lib/access-links";
import { paths } from "../../../paths";
import { AuthFrame } from "../../auth-frame";
import { AcceptForm, RenewForm } from "./forms";

export const metadata: Metadata = { title: "Choose a password", robots: { index: false } };

type Props = { params: Promise<{ token: string }> };

const TITLES = {
  INVITE: "Welcome",
  RESET: "Choose a new password",
  REGISTER: "Finish your registration",
} as const;

/** Looking changes nothing: programs that open every link of a mail must not use it up. */
export default async function AccessPage({ params }: Props) {
  const { token } = await params;
  const link = await findLink(token);
  const foot = (
    <Link href={paths.login()} className="link">
      Go to the sign-in
    </Link>
  );
  if (!link || link.state === "used")
    return (
      <AuthFrame
        title="This link works no more"
        lead="It has been used, or a newer one has replaced it."
        foot={foot}
      >
        <p>
          Sign in with the password you chose, or{" "}
          <Link href={paths.forgot} className="link">
            ask for a new link
          </Link>
          .
        </p>
      </AuthFrame>
    );
  if (link.state === "expired")
    return (
      <AuthFrame title="This link is too old" lead="Links work for 30 minutes." foot={foot}>
        <RenewForm token={token} />
      </AuthFrame>
    );
  return (
    <AuthFrame title={titleOf(link)} lead={<span dir="auto">{link.email}</span>} foot={foot}>
      <AcceptForm token={token} email={link.email} />
    </AuthFrame>
  );
}

function titleOf({ purpose, name }: LinkState): string {
  return purpose === "INVITE" && name ? `${TITLES.INVITE}, ${name}` : TITLES[purpose];
}
