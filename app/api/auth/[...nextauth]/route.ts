import NextAuth from "next-auth";
import { authOptions } from "@/app/auth";

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own endpoints. The options are read per request: a build has no APP_SECRET. */
function handle(request: Request, context: Context): Promise<Response> {
  return NextAuth(authOptions())(request, context);
}

export { handle as GET, handle as POST };
