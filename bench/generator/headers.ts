import type { Dice } from "./dice";
import { encodedWords } from "./parts";
import type { Person } from "./people";

export type HeaderInput = {
  from: Person;
  to: string;
  cc: Person[];
  subject: string;
  date: Date;
  messageId: string;
  /** Ids of the conversation so far, oldest first; empty for a new one. */
  references: string[];
  charset: string;
};

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** RFC 5322 §3.3, at +0000. */
function mailDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

/** Header lines of real mail: what servers write down on the way is most of it. */
export function headerLines(dice: Dice, input: HeaderInput): string[] {
  const { from, to, cc, subject, date, messageId, references, charset } = input;
  return [
    `Return-Path: <${from.address}>`,
    `Delivered-To: ${to}`,
    ...received(dice, input),
    ...authentication(dice, from),
    ...(from.client === "outlook" ? exchange(dice) : []),
    `From: ${mailbox(from, charset)}`,
    `To: ${to}`,
    ...(cc.length > 0
      ? [`Cc: ${cc.map((person) => mailbox(person, charset)).join(",\r\n\t")}`]
      : []),
    `Subject: ${encodedWords(subject, charset)}`,
    `Date: ${mailDate(date)}`,
    `Message-ID: <${messageId}>`,
    ...(references.length > 0
      ? [
          `In-Reply-To: <${references.at(-1)}>`,
          `References: ${references.map((id) => `<${id}>`).join("\r\n\t")}`,
        ]
      : []),
    ...mailer(from),
    "MIME-Version: 1.0",
  ];
}

function mailbox({ name, address }: Person, charset: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(name);
  // A name that this charset lacks goes out in UTF-8, as clients do.
  return `${isAscii ? name : encodedWords(name, /^(utf-8|iso-8859-1|iso-8859-15|windows-1252)$/.test(charset) ? charset : "utf-8")} <${address}>`;
}

function received(dice: Dice, { from, to, date }: HeaderInput): string[] {
  const hops = 2 + dice.below(4);
  return Array.from({ length: hops }, (_, hop) => {
    const at = new Date(date.getTime() + (hops - hop) * 1000);
    const by = hop === 0 ? "mx.example.test" : `relay${hop}.${from.domain}`;
    const sender = `mail${hop + 1}.${from.domain}`;
    const address = `203.0.113.${dice.below(256)}`;
    return [
      `Received: from ${sender} (${sender} [${address}])`,
      `\tby ${by} (Postfix) with ESMTPS id ${dice.token(14)}`,
      `\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))`,
      `\tfor <${to}>; ${mailDate(at)}`,
    ].join("\r\n");
  });
}

/** DKIM's signature (RFC 6376) and what our own server found (RFC 8601). */
function authentication(dice: Dice, { address, domain }: Person): string[] {
  const signature = () => Array.from({ length: 5 }, () => dice.token(66)).join("\r\n\t ");
  return [
    [
      "Authentication-Results: mx.example.test;",
      `\tdkim=pass header.i=@${domain} header.s=s2048 header.b=${dice.token(8)};`,
      `\tspf=pass (mx.example.test: domain of ${address} designates 203.0.113.7 as permitted sender) smtp.mailfrom=${address};`,
      `\tdmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=${domain}`,
    ].join("\r\n"),
    [
      "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;",
      `\td=${domain}; s=s2048; t=1767600000; x=1768204800;`,
      "\th=to:subject:message-id:date:from:mime-version:from:to:cc:subject",
      "\t :date:message-id:reply-to;",
      `\tbh=${dice.token(43)}=;`,
      `\tb=${signature()}==`,
    ].join("\r\n"),
    `X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=1e100.example;\r\n\ts=20230601; b=${signature()}==`,
  ].slice(0, dice.chance(0.4) ? 3 : 2);
}

function exchange(dice: Dice): string[] {
  const words = () => Array.from({ length: 6 }, () => dice.token(70)).join("\r\n\t");
  return [
    `Thread-Index: ${dice.token(40)}`,
    "Accept-Language: en-US",
    "Content-Language: en-US",
    "X-MS-Has-Attach:",
    `X-MS-Exchange-CrossTenant-id: ${dice.token(36).toLowerCase()}`,
    `X-Microsoft-Antispam: BCL:0;ARA:13230040|366016|1800799024|376014|38070700021;`,
    `X-Microsoft-Antispam-Message-Info:\r\n\t${words()}`,
    `X-Forefront-Antispam-Report:\r\n\tCIP:255.255.255.255;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;CAT:NONE;SFTY:;SFS:(13230040);DIR:OUT;SFP:1102;`,
  ];
}

function mailer({ client }: Person): string[] {
  if (client === "apple") return ["X-Mailer: Apple Mail (2.3826.300.87.4.3)"];
  return client === "outlook" ? ["X-Originating-IP: [203.0.113.9]"] : [];
}

/** How a date stands in the line above a quoted mail. */
export function spokenDate(date: Date): string {
  const day = DAYS[date.getUTCDay()];
  const time = date.toISOString().slice(11, 16);
  return `${day}, ${date.toISOString().slice(0, 10)} at ${time}`;
}
