import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { env } from "@/lib/env";
import { isRegistrationOpen } from "@/lib/portal";
import { hasNoUsers } from "@/lib/users";
import { currentUser, homeOf } from "../../auth";
import { paths, safeCallback } from "../../paths";
import { AuthFrame } from "../auth-frame";
import { LoginForm } from "./login-form";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function LoginPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams;
  const user = await currentUser();
  if (user) redirect(safeCallback(callbackUrl, env().APP_URL, homeOf(user.role)));
  if (await hasNoUsers()) redirect(paths.setup());
  const wanted = safeCallback(callbackUrl, env().APP_URL, "");
  const isOpen = await isRegistrationOpen();
  return (
    <AuthFrame
      title="Sign in"
      lead="To your help desk"
      foot={
        isOpen ? (
          <>
            You wrote to us and have no account yet?{" "}
            <Link href={paths.register} className="link">
              Register
            </Link>{" "}
            with the address you wrote from, and find your tickets.
          </>
        ) : (
          "No account? Ask us for an invitation."
        )
      }
    >
      <LoginForm callbackUrl={wanted} failed={error !== undefined} />
    </AuthFrame>
  );
}
