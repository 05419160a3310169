import { createHash } from "node:crypto";
import { db, inTransaction, isUniqueViolation } from "../db/client";
import { AppError } from "../errors";
import { addressKey, isSendableAddress } from "../mail/address";
import { type AccountActor, assertAdmin } from "./admin";
import { takenAddresses } from "./aliases";
import { insertAccounts, type NewAccount, prepareAccount } from "./create";
import { type MxResolver, resolveMx } from "./detect";
import { fieldOf, labelOf } from "./import-columns";
import { type CsvRow, readAccountsCsv } from "./import-csv";
import { accountFormSchema } from "./schema";

/** Domains asked about in DNS for one file, and how long altogether: hosts may be left blank. */
const LOOKUPS_MAX = 200;
const LOOKUP_MS = 20_000;
const AT_ONCE = 20;

export type ImportProblem = {
  /** The heading of the cell; null when it is about the whole line. */
  column: string | null;
  message: string;
};

/** One line of the file; without problems it can be imported. `email` is "" where that is no address. */
export type ImportRow = { line: number; email: string; problems: ImportProblem[] };

export type ImportCheck = {
  /** Names the file's bytes: what is imported is what was checked. */
  digest: string;
  rows: ImportRow[];
};

type Checked = ImportRow & { account: NewAccount | null };

/**
 * The dry run of an import: each line against the form's own rules, the other lines, and the accounts
 * there are. Saves nothing and connects to no mail server.
 * @throws AppError "forbidden"; "invalid" on `file` when the file can't be read at all.
 */
export async function checkImport(
  actor: AccountActor,
  bytes: Uint8Array,
  resolver?: MxResolver,
): Promise<ImportCheck> {
  assertAdmin(actor);
  const rows = await check(actor, bytes, resolver);
  return {
    digest: digestOf(bytes),
    rows: rows.map(({ line, email, problems }) => ({ line, email, problems })),
  };
}

/**
 * Connects the accounts of a file, those lines without problems, in one transaction: all of them or
 * none. The admin has seen which are left out, so the file must be the one that was checked, and the
 * lines that can be imported as many as then.
 * @param expected what checkImport() gave
 * @throws AppError "conflict" when that is no longer so; nothing is saved then.
 */
export async function importAccounts(
  actor: AccountActor,
  bytes: Uint8Array,
  expected: { digest: string; ready: number },
  resolver?: MxResolver,
): Promise<{ id: string; email: string }[]> {
  assertAdmin(actor);
  if (digestOf(bytes) !== expected.digest)
    throw new AppError("conflict", "This is not the file that was checked. Check it first.");
  const accounts = (await check(actor, bytes, resolver)).flatMap(({ account }) =>
    account ? [account] : [],
  );
  if (accounts.length === 0) throw new AppError("conflict", "No line of it can be imported.");
  if (accounts.length !== expected.ready)
    throw new AppError(
      "conflict",
      "Accounts were added or removed since the file was checked. Nothing was imported: check it again.",
    );
  try {
    await inTransaction((tx) => insertAccounts(tx, actor, accounts));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", "One of the addresses was connected meanwhile. Check again.");
  }
  return accounts.map(({ id, settings }) => ({ id, email: settings.email }));
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

async function check(
  actor: AccountActor,
  bytes: Uint8Array,
  resolver?: MxResolver,
): Promise<Checked[]> {
  const read = readAccountsCsv(bytes);
  const lookUp = boundedResolver(resolver ?? resolveMx);
  const rows: Checked[] = [];
  for (let at = 0; at < read.length; at += AT_ONCE)
    rows.push(
      ...(await Promise.all(
        read.slice(at, at + AT_ONCE).map((row) =>
          "problem" in row
            ? {
                ...{ line: row.line, email: "", account: null },
                problems: [{ column: null, message: row.problem }],
              }
            : checkRow(actor, row, lookUp),
        ),
      )),
    );
  refuseTwins(rows);
  await refuseConnected(rows);
  return rows;
}

async function checkRow(
  actor: AccountActor,
  { line, cells }: CsvRow,
  resolver: MxResolver,
): Promise<Checked> {
  const form: Record<string, string> = { isActive: "on", quotesHistory: "on" };
  const problems: ImportProblem[] = [];
  for (const { column, text } of cells) {
    const field = fieldOf(column, text);
    if (field === null) problems.push({ column: column.label, message: "Write yes or no." });
    else if (field !== undefined) form[column.name] = field;
    else delete form[column.name];
  }
  const typed = (form.email ?? "").trim();
  const email = isSendableAddress(typed) ? typed : "";
  const parsed = accountFormSchema.safeParse(form);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      problems.push({ column: labelOf(String(path[0] ?? "")), message });
    return { line, email, problems, account: null };
  }
  if (problems.length > 0) return { line, email, problems, account: null };
  try {
    return { line, email, problems, account: await prepareAccount(actor, parsed.data, resolver) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const column = error.field === undefined ? null : labelOf(error.field);
    return { line, email, problems: [{ column, message: error.message }], account: null };
  }
}

const addressesOf = ({ settings, values }: NewAccount) => [
  { field: "email", address: addressKey(settings.email) },
  ...values.aliases.map((address) => ({ field: "aliases", address })),
];

function addProblem(row: Checked, field: string, message: string): void {
  row.problems.push({ column: labelOf(field), message });
  row.account = null;
}

/** An address may stand in one line of the file only; the first keeps it. */
function refuseTwins(rows: Checked[]): void {
  const lines = new Map<string, number>();
  for (const row of rows) {
    if (!row.account) continue;
    const addresses = addressesOf(row.account);
    const twins = addresses.filter(({ address }) => lines.has(address));
    for (const { field, address } of twins)
      addProblem(row, field, `${address} stands in line ${lines.get(address)} as well.`);
    if (twins.length === 0) for (const { address } of addresses) lines.set(address, row.line);
  }
}

async function refuseConnected(rows: Checked[]): Promise<void> {
  const addresses = rows.flatMap(({ account }) => (account ? addressesOf(account) : []));
  const taken = await takenAddresses(
    db().prisma,
    addresses.map(({ address }) => address),
  );
  for (const row of rows)
    for (const { field, address } of row.account ? addressesOf(row.account) : [])
      if (taken.has(address)) addProblem(row, field, `${address} is already connected.`);
}

/** Each domain is asked about once; beyond the bounds a domain is one that nothing is known about. */
function boundedResolver(resolver: MxResolver): MxResolver {
  const asked = new Map<string, Promise<string[]>>();
  const until = performance.now() + LOOKUP_MS;
  return (domain) => {
    const known = asked.get(domain);
    if (known) return known;
    if (asked.size >= LOOKUPS_MAX || performance.now() > until) return Promise.resolve([]);
    const hosts = resolver(domain);
    asked.set(domain, hosts);
    return hosts;
  };
}
