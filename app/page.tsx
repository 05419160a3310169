import { redirect } from "next/navigation";
import { hasNoUsers } from "@/lib/users";
import { currentUser, homeOf } from "./auth";
import { paths } from "./paths";

/** Nothing stands here: everyone goes on to their own work. */
export default async function Home() {
  const user = await currentUser();
  if (user) redirect(homeOf(user.role));
  redirect((await hasNoUsers()) ? paths.setup() : paths.login());
}
