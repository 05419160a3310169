import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { env } from "@/lib/env";
import { isRegistrationOpen } from "@/lib/portal";
import { hasNoUsers } from "@/lib/users";
import { currentUser, homeOf } from "../../auth";
import { paths, safeCallback } from "../../paths";
import { fill } from "../../words/fill";
import { wordsOf } from "../../words/page-language";
import { signInWords } from "../../words/sign-in";
import { AuthFrame } from "../auth-frame";
import { LoginForm } from "./login-form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await wordsOf(signInWords)).title };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function LoginPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams;
  const user = await currentUser();
  if (user) redirect(safeCallback(callbackUrl, env().APP_URL, homeOf(user.role)));
  if (await hasNoUsers()) redirect(paths.setup());
  const wanted = safeCallback(callbackUrl, env().APP_URL, "");
  const words = await wordsOf(signInWords);
  const isOpen = await isRegistrationOpen();
  return (
    <AuthFrame
      title={words.title}
      lead={words.lead}
      foot={
        isOpen
          ? fill(words.registerHint, {
              register: (
                <Link href={paths.register} className="link">
                  {words.register}
                </Link>
              ),
            })
          : words.noAccount
      }
    >
      <LoginForm callbackUrl={wanted} failed={error !== undefined} />
    </AuthFrame>
  );
}
