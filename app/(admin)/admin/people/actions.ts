"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { Role } from "@/lib/db/generated/enums";
import { type Handed, inviteUser, sendLink } from "@/lib/invitations";
import { setRegistrationOpen } from "@/lib/portal";
import { createUser, getUser, setUserActive, setUserPassword, setUserRole } from "@/lib/users";
import { adminAction, toastNext } from "../../../action";
import { paths } from "../../../paths";

const role = z.enum(Role, { error: "Choose a role." });
const personId = z.uuid();

const newPerson = z.object({
  name: z.string().default(""),
  email: z.string().default(""),
  role,
  password: z.string().default(""),
});

/** With a password they can sign in at once; without one they are sent a link to choose their own. */
export const addPerson = adminAction(newPerson, async (admin, input) => {
  if (input.password === "") {
    const { handed } = await inviteUser(admin, input);
    revalidatePath(paths.people);
    if (handed.by === "hand") return { data: dataOf(handed) };
    await toastNext(`The invitation is on its way to ${handed.to}.`);
  } else {
    await createUser(admin, input);
    await toastNext(`${input.name.trim()} can sign in now.`);
  }
  redirect(paths.people);
});

export const makeLink = adminAction(
  z.object({ personId, how: z.enum(["mail", "hand"]) }),
  async (admin, input) => {
    const handed = await sendLink(admin, input.personId, { byHand: input.how === "hand" });
    revalidatePath(paths.people, "layout");
    return { data: dataOf(handed, input.how === "hand") };
  },
);

function dataOf(handed: Handed, wasAsked = false): Record<string, unknown> {
  if (handed.by === "mail") return { to: handed.to };
  const why = wasAsked ? null : "No email account can send it to this address.";
  return { to: handed.to, url: handed.url, why };
}

export const setRegistration = adminAction(
  z.object({ isOpen: z.enum(["yes", "no"]) }),
  async (admin, input) => {
    await setRegistrationOpen(admin, input.isOpen === "yes");
    revalidatePath(paths.people);
    const words = input.isOpen === "yes" ? "open" : "closed";
    return { toast: `Registration is ${words}.` };
  },
);

export const changeRole = adminAction(z.object({ personId, role }), async (admin, input) => {
  await setUserRole(admin, input.personId, input.role);
  revalidatePath(paths.people, "layout");
  return { message: "Role changed." };
});

export const setPassword = adminAction(
  z.object({ personId, password: z.string().default("") }),
  async (admin, input) => {
    await setUserPassword(admin, input.personId, input.password);
    revalidatePath(paths.people, "layout");
    return { message: "Password set. Every session of this person has ended." };
  },
);

export const deactivate = adminAction(z.object({ personId }), async (admin, input) => {
  await setUserActive(admin, input.personId, false);
  revalidatePath(paths.people, "layout");
  return { toast: `${(await getUser(input.personId)).name} can’t sign in any more.` };
});

export const reactivate = adminAction(z.object({ personId }), async (admin, input) => {
  await setUserActive(admin, input.personId, true);
  revalidatePath(paths.people, "layout");
  return { toast: `${(await getUser(input.personId)).name} can sign in again.` };
});
