"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/app/action";
import { idle } from "@/app/action-state";
import { paths } from "@/app/paths";
import { checkImport, importAccounts } from "@/lib/accounts/import";
import { IMPORT_ROWS_MAX } from "@/lib/accounts/import-csv";
import { TESTED_MAX, type TestedAccount, testAccounts } from "@/lib/accounts/test-many";
import type { ImportState, TestedState } from "./import-state";

const importSchema = z.object({
  file: z.instanceof(File, { message: "Choose a CSV file." }),
  intent: z.enum(["check", "import"]).default("check"),
  /** What the check gave, for importing what it saw. */
  digest: z.string().max(100).default(""),
  ready: z.coerce.number().int().min(0).max(IMPORT_ROWS_MAX).default(0),
});

/** The form's two buttons: the dry run, and the import of the file that was checked. */
export async function submitImport(_previous: ImportState, form: FormData): Promise<ImportState> {
  const state: Omit<ImportState, "action"> = { check: null, imported: null };
  const action = await adminAction(importSchema, async (admin, { file, intent, ...checked }) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (intent === "check") {
      state.check = await checkImport(admin, bytes);
      return;
    }
    state.imported = await importAccounts(admin, bytes, checked);
    revalidatePath(paths.emailAccounts);
  })(idle, form);
  return { action, ...state };
}

const one = z.string().max(100);
const testSchema = z.object({
  id: z.union([one.transform((id) => [id]), z.array(one).max(TESTED_MAX)]),
});

/** Tests some of the imported accounts; their passwords stay where they are. */
export async function testImported(form: FormData): Promise<TestedState> {
  const tested: TestedAccount[] = [];
  const action = await adminAction(testSchema, async (admin, { id }) => {
    tested.push(...(await testAccounts(admin, id)));
  })(idle, form);
  return { action, tested };
}
