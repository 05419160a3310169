import type { Dice } from "./dice";
import { encodeText } from "./languages";

/** A MIME part as it stands in a mail: header lines, then bytes; line ends are CRLF. */
export type MimePart = { header: string[]; body: Buffer };

const CRLF = "\r\n";

/** A text part in this charset, in an encoding its senders use. */
export function textPart(
  dice: Dice,
  { text, subtype, charset }: { text: string; subtype: "plain" | "html"; charset: string },
): MimePart {
  const bytes = encodeText(text.replaceAll("\n", CRLF), charset);
  const encoding = encodingFor(dice, bytes, charset);
  return {
    header: [
      `Content-Type: text/${subtype}; charset="${charset}"`,
      `Content-Transfer-Encoding: ${encoding}`,
    ],
    body:
      encoding === "base64"
        ? base64Lines(bytes)
        : encoding === "quoted-printable"
          ? quotedPrintable(bytes)
          : bytes,
  };
}

function encodingFor(dice: Dice, bytes: Buffer, charset: string): string {
  if (charset === "iso-2022-jp") return "7bit";
  if (bytes.every((byte) => byte < 0x80) && dice.chance(0.5)) return "7bit";
  if (charset === "gb2312") return "base64";
  if (charset === "koi8-r" || charset === "windows-1251") return dice.pick(["base64", "8bit"]);
  return dice.weighted([
    ["quoted-printable", 60],
    ["base64", 25],
    ["8bit", 15],
  ]);
}

/** RFC 2045 §6.7, lines of at most 76 characters. */
function quotedPrintable(bytes: Buffer): Buffer {
  const lines: string[] = [];
  let line = "";
  const add = (piece: string) => {
    if (line.length + piece.length > 75) {
      lines.push(`${line}=`);
      line = "";
    }
    line += piece;
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 13 && bytes[i + 1] === 10) {
      lines.push(line);
      line = "";
      i++;
    } else if (byte === 32 || byte === 9) {
      const endsLine = i + 1 === bytes.length || bytes[i + 1] === 13;
      add(endsLine ? hex(byte) : String.fromCharCode(byte));
    } else {
      add(byte > 32 && byte < 127 && byte !== 61 ? String.fromCharCode(byte) : hex(byte));
    }
  }
  return Buffer.from([...lines, line].join(CRLF), "latin1");
}

function hex(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Base64 in lines of 76 characters. */
export function base64Lines(bytes: Buffer): Buffer {
  const text = bytes.toString("base64");
  const out = Buffer.allocUnsafe(text.length + 2 * Math.ceil(text.length / 76));
  let at = 0;
  for (let from = 0; from < text.length; from += 76) {
    at += out.write(text.slice(from, from + 76), at, "latin1");
    at += out.write(CRLF, at, "latin1");
  }
  return out.subarray(0, at);
}

/** Parts in a multipart, with a boundary in the style of the client. */
export function multipart(subtype: string, boundary: string, parts: MimePart[]): MimePart {
  const chunks = parts.flatMap(({ header, body }) => [
    Buffer.from(`--${boundary}${CRLF}${header.join(CRLF)}${CRLF}${CRLF}`, "latin1"),
    body,
    Buffer.from(CRLF),
  ]);
  return {
    header: [`Content-Type: multipart/${subtype};${CRLF}\tboundary="${boundary}"`],
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--${CRLF}`, "latin1")]),
  };
}

/** RFC 2047, in words of at most 75 characters; ASCII as it is. */
export function encodedWords(text: string, charset: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  const characters = [...text];
  for (let from = 0; from < characters.length; from += 12) {
    const bytes = encodeText(characters.slice(from, from + 12).join(""), charset);
    words.push(`=?${charset.toUpperCase()}?B?${bytes.toString("base64")}?=`);
  }
  return words.join(`${CRLF} `);
}
