import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The files below a folder whose names end so, sorted, as paths from that folder. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .sort();
}

/** The JSON values of a file with one in each line. The caller says of what type they are. */
export function readJsonLines<T>(file: string): T[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
}

export function readText(...parts: string[]): string {
  return readFileSync(path.join(...parts), "utf8");
}

/** A plain mail around a text, for sets that have only the text. Lines end as they do in the text. */
export function mailAround(text: string, subject = "", mediaType = "text/plain"): Uint8Array {
  const encoded = subject === "" ? "" : `=?utf-8?b?${Buffer.from(subject).toString("base64")}?=`;
  const head = [
    "From: Sender <sender@customer.test>",
    "To: support@example.test",
    `Subject: ${encoded}`,
    `Content-Type: ${mediaType}; charset=utf-8`,
    "Content-Transfer-Encoding: 8bit",
  ];
  return Buffer.from(`${head.join("\n")}\n\n${text}`);
}
