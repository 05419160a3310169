"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { Role } from "@/lib/db/generated/enums";
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

export const addPerson = adminAction(newPerson, async (admin, input) => {
  await createUser(admin, input);
  await toastNext(`${input.name.trim()} can sign in now.`);
  redirect(paths.people);
});

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
