/** What is known about an error. Texts are ready to print; `words` is lower case, for matching. */
export type Facts = {
  protocol: "imap" | "smtp";
  protocolName: string;
  host: string;
  port: number;
  security: string;
  username: string;
  /** An id of the provider table, or null. */
  provider: string | null;
  /** Code of Node, imapflow, nodemailer or our transport, upper case; "" when none. */
  code: string;
  /** IMAP response code (RFC 5530) as in `NO [LIMIT]`; "" when none. */
  imapCode: string;
  /** SMTP reply code; 0 when none. */
  smtpCode: number;
  refusedLogin: boolean;
  /** A token signs in, not a password. */
  isByToken: boolean;
  words: string;
  detail: string;
  serverSaid: string | null;
};

type Said = {
  kind: "auth" | "transient" | "permanent" | "config";
  cause: string;
  fix: string;
  link?: string;
};

export type Explanation = { when: (facts: Facts) => boolean; say: (facts: Facts) => Said };

/** Whether the words of the error contain one of these (lower case). */
export const has = (facts: Facts, ...needles: string[]): boolean =>
  needles.some((needle) => facts.words.includes(needle));

/** Whether the server has refused a sign-in, for whatever reason. */
export const isSignIn = (facts: Facts): boolean =>
  facts.refusedLogin ||
  facts.code === "EAUTH" ||
  facts.imapCode === "AUTHENTICATIONFAILED" ||
  facts.imapCode === "AUTHORIZATIONFAILED" ||
  (facts.protocol === "smtp" && (facts.smtpCode === 535 || facts.smtpCode === 534));

/** What to choose instead of the security that did not work. */
export const otherSecurity = (facts: Facts): string => {
  const [tlsPort, startTlsPort] = facts.protocol === "imap" ? [993, 143] : [465, 587];
  return facts.security === "tls"
    ? `Use port ${tlsPort} with TLS, or choose STARTTLS (usually port ${startTlsPort}).`
    : `Use port ${startTlsPort} with STARTTLS, or choose TLS (usually port ${tlsPort}).`;
};
