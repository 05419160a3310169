import { CsvError, parse } from "csv-parse/sync";
import { AppError } from "../errors";
import { cut, oneLine } from "../mail/text";
import { CSV_BEGIN, csvLine } from "../reports/csv";
import { IMPORT_COLUMNS, type ImportColumn } from "./import-columns";

export const IMPORT_BYTES_MAX = 1024 * 1024;
export const IMPORT_ROWS_MAX = 1_000;

/** One account of the file: the line it begins in, counted from 1, and its cells by their column. */
export type CsvRow = { line: number; cells: { column: ImportColumn; text: string }[] };

/** A row, or what is wrong with its shape. */
export type ReadRow = CsvRow | { line: number; problem: string };

/** The template: the headings, and an example to write over. */
export function importTemplate(): string {
  const headings = csvLine(IMPORT_COLUMNS.map(({ label }) => label));
  return CSV_BEGIN + headings + csvLine(IMPORT_COLUMNS.map(({ example }) => example));
}

/**
 * Reads a CSV file (RFC 4180) of accounts: UTF-8, with commas, semicolons or tabs, headings in the first
 * line in any order. Nothing of a cell is ever in a message: it may be a password.
 * @throws AppError "invalid" on `file` when there is no reading it at all.
 */
export function readAccountsCsv(bytes: Uint8Array): ReadRow[] {
  if (bytes.length === 0) throw refused("Choose a CSV file.");
  if (bytes.length > IMPORT_BYTES_MAX)
    throw refused(`The file is larger than 1 MB. Import it in parts.`);
  const records = recordsOf(textOf(bytes));
  const [headings, ...rows] = records;
  if (!headings) throw refused("The file is empty.");
  if (rows.length > IMPORT_ROWS_MAX)
    throw refused(
      `The file has ${rows.length} accounts, and at most ${IMPORT_ROWS_MAX.toLocaleString("en-US")} can be imported at once.`,
    );
  if (rows.length === 0) throw refused("The file has headings and no accounts below them.");
  const columns = columnsOf(headings.cells);
  return rows.map(({ line, cells }) => {
    if (cells.length === columns.length)
      return { line, cells: columns.map((column, at) => ({ column, text: cells[at] ?? "" })) };
    const problem = `It has ${cells.length} cells, and there are ${columns.length} headings. A cell with a comma in it must stand in "quotes".`;
    return { line, problem };
  });
}

function textOf(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refused("The file is not in UTF-8. Save it as “CSV UTF-8”.");
  }
  if (text.includes("\0")) throw refused("This is no CSV file.");
  // The parser counts the two halves of a line end in quotes as two.
  return text.replace(/\r\n?/g, "\n");
}

type Line = { line: number; cells: string[] };

function recordsOf(text: string): Line[] {
  const records: Line[] = [];
  try {
    parse(text, {
      ...{ bom: true, delimiter: delimiterOf(text), relax_column_count: true },
      ...{ skip_empty_lines: true, skip_records_with_empty_values: true },
      max_record_size: IMPORT_BYTES_MAX,
      on_record: (cells: string[], { lines }) => {
        // It is told where the record ends; cells in quotes may have lines of their own.
        records.push({ line: lines - cells.join("").split("\n").length + 1, cells });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) throw refused(troubleOf(error));
    throw error;
  }
  return records;
}

/** What stands most often in the headings. */
function delimiterOf(text: string): string {
  const [headings = ""] = text.split("\n", 1);
  const count = (sign: string) => headings.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** In our words: the library's hold what stands in the cell. */
function troubleOf(error: CsvError): string {
  const line = typeof error.lines === "number" ? `Line ${error.lines}: ` : "";
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return `${line}a cell begins with a quote (") that never ends.`;
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
      return `${line}a quote (") in a cell must be doubled, and the whole cell be in quotes.`;
    default:
      return `${line}this can’t be read as CSV.`;
  }
}

/** Headings are known by the form's words, or by the names of its fields, whatever is between the letters. */
function columnsOf(headings: string[]): ImportColumn[] {
  const columns = headings.map((heading) => {
    const key = keyOf(heading);
    const found = IMPORT_COLUMNS.find((one) => [keyOf(one.label), keyOf(one.name)].includes(key));
    if (found) return found;
    const shown = cut(oneLine(heading), 60);
    throw refused(
      `No field is called “${shown}” (line 1). The template has all headings there are.`,
    );
  });
  const twice = columns.find((one, at) => columns.indexOf(one) !== at);
  if (twice) throw refused(`There are two columns “${twice.label}” (line 1).`);
  if (!columns.some(({ name }) => name === "email"))
    throw refused("There is no column “Email Address” (line 1).");
  return columns;
}

function keyOf(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z]/g, "");
}

function refused(message: string): AppError {
  return new AppError("invalid", message, "file");
}
