import { toastNext } from "@/app/action";
import { currentUser, type SignedIn } from "@/app/auth";
import { tellNext } from "@/app/oauth/told";
import { paths } from "@/app/paths";
import { AppError } from "@/lib/errors";
import { finishSignIn, type SignInOutcome } from "@/lib/oauth/sign-in";
import { notFoundResponse } from "../../attachments/file-response";

export const dynamic = "force-dynamic";

/**
 * Where a provider sends the browser back to. Whatever it brought is used up here; the redirect takes
 * it out of the address and the history.
 */
export async function GET(request: Request): Promise<Response> {
  const admin = await currentUser();
  if (!admin) return leadTo(paths.login({ callbackUrl: paths.emailAccounts }));
  if (admin.role !== "ADMIN") return notFoundResponse();
  return leadTo(await nextPage(admin, new URL(request.url).searchParams));
}

async function nextPage(admin: SignedIn, parameters: URLSearchParams): Promise<string> {
  const outcome = await finished(admin, parameters);
  switch (outcome.status) {
    case "connected":
      await toastNext(`Connected ${outcome.email} again.`);
      return paths.emailAccounts;
    case "granted":
      return paths.accountForm(outcome.accountId, { grant: outcome.grantId });
    case "refused": {
      const { cause, fix, form, accountId, isReconnect } = outcome;
      const told = await tellNext({ cause, fix, form: isReconnect ? {} : form });
      return isReconnect ? paths.accountsTold(told) : paths.accountForm(accountId, { told });
    }
    case "unknown": {
      const { cause, fix } = outcome;
      return paths.accountsTold(await tellNext({ cause, fix, form: {} }));
    }
  }
}

/** The account may be gone meanwhile, or APP_SECRET another one. */
async function finished(admin: SignedIn, parameters: URLSearchParams): Promise<SignInOutcome> {
  try {
    return await finishSignIn(admin, parameters);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { status: "unknown", cause: error.message, fix: "" };
  }
}

function leadTo(location: string): Response {
  const headers = {
    ...{ location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  };
  return new Response(null, { status: 303, headers });
}
