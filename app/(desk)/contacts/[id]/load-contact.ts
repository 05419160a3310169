import { notFound } from "next/navigation";
import { cache } from "react";
import type { SignedIn } from "@/app/auth";
import { getContact } from "@/lib/contact-list";
import { AppError } from "@/lib/errors";

/** The contact of the address, once per request, for the title and the page. */
export const loadContact = cache(async (viewer: SignedIn, id: string) => {
  try {
    return await getContact(viewer, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
});
