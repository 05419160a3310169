export type Server = { host: string; port: number; security: "tls" | "starttls" };

export type Provider = {
  id: string;
  name: string;
  /** null: no IMAP (or SMTP) that a server could use. */
  imap: Server | null;
  smtp: Server | null;
  /** What signs in: the mailbox password, a password made for one app, or OAuth only. */
  signIn: "password" | "app-password" | "oauth";
  /** What an admin has to know or do, one sentence each. */
  notes: string[];
  appPasswordUrl?: string;
  /** How many mails a mailbox may send in a minute, where the provider has such a limit. */
  mailsPerMinute?: number;
  /** What IMAP takes as user name where it is not the address. */
  imapUsername?: "local-part" | "address";
  /** Patterns: see `matches` in providers.ts. */
  domains: string[];
  hosts: string[];
  mx: string[];
};

const tls = (host: string, port: number): Server => ({ host, port, security: "tls" });
const starttls = (host: string, port: number): Server => ({ host, port, security: "starttls" });

const ENABLE_IMAP = "IMAP must be switched on in the mailbox's web settings first.";
const MICROSOFT_OAUTH =
  "Microsoft accepts no password of any kind for IMAP, only its own sign-in (OAuth): use Sign in with Microsoft.";

/** What is over it is refused (MAIL.md). */
const MICROSOFT_MAILS_PER_MINUTE = 30;

function simple(
  id: string,
  name: string,
  [imapHost, smtpHost]: [string, string],
  domains: string[],
  more: Partial<Provider> = {},
): Provider {
  return {
    id,
    name,
    imap: tls(imapHost, 993),
    smtp: tls(smtpHost, 465),
    signIn: "password",
    notes: [],
    domains,
    hosts: [],
    mx: [],
    ...more,
  };
}

function zoho(domain: string, domains: string[]): Provider {
  return simple(
    domain.replaceAll(".", "-"),
    "Zoho Mail",
    [`imap.${domain}`, `smtp.${domain}`],
    domains,
    {
      signIn: "app-password",
      notes: [
        ENABLE_IMAP,
        "With two-factor sign-in an app password is needed.",
        "Zoho allows about three connections per mailbox, all programs together.",
      ],
      appPasswordUrl: `https://accounts.${domain}/home#security/app_password`,
      hosts: [`imappro.${domain}`, `smtppro.${domain}`],
      mx: [`mx.${domain}`, `mx2.${domain}`, `mx3.${domain}`],
    },
  );
}

/** Mail providers by what they call their servers (MAIL.md §5), the more specific first. */
export const PROVIDERS: readonly Provider[] = [
  {
    id: "google",
    name: "Gmail or Google Workspace",
    imap: tls("imap.gmail.com", 993),
    smtp: starttls("smtp.gmail.com", 587),
    signIn: "app-password",
    notes: [
      "Turn on 2-Step Verification, create an App Password and use its 16 letters here.",
      "Enable IMAP in Gmail's settings under Forwarding and POP/IMAP.",
      "Google allows 15 IMAP connections per mailbox, all programs together.",
    ],
    appPasswordUrl: "https://myaccount.google.com/apppasswords",
    domains: ["gmail.com", "googlemail.com"],
    hosts: ["smtp.googlemail.com", "imap.googlemail.com", "smtp-relay.gmail.com"],
    mx: [".google.com", ".googlemail.com"],
  },
  {
    id: "microsoft",
    name: "Microsoft 365",
    imap: tls("outlook.office365.com", 993),
    smtp: starttls("smtp.office365.com", 587),
    mailsPerMinute: MICROSOFT_MAILS_PER_MINUTE,
    signIn: "oauth",
    notes: [
      MICROSOFT_OAUTH,
      "Sending by password works only while an admin allows Authenticated SMTP for the mailbox.",
    ],
    domains: [".onmicrosoft.com"],
    hosts: [
      ...["outlook.office365.com", "imap.office365.com", "outlook.office.com"],
      // The clouds of the US government and of China.
      ...["outlook.office365.us", "smtp.office365.us"],
      ...["partner.outlook.cn", "smtp.partner.outlook.cn"],
    ],
    mx: [".mail.protection.outlook.com", ".mx.microsoft"],
  },
  {
    id: "outlook",
    name: "Outlook.com",
    imap: tls("outlook.office365.com", 993),
    smtp: starttls("smtp-mail.outlook.com", 587),
    mailsPerMinute: MICROSOFT_MAILS_PER_MINUTE,
    signIn: "oauth",
    notes: [MICROSOFT_OAUTH, ENABLE_IMAP],
    domains: ["outlook.*", "hotmail.*", "live.*", "msn.com", "passport.com"],
    hosts: ["imap-mail.outlook.com"],
    mx: [".olc.protection.outlook.com"],
  },
  simple(
    "yahoo",
    "Yahoo Mail",
    ["imap.mail.yahoo.com", "smtp.mail.yahoo.com"],
    ["yahoo.*", "ymail.com", "rocketmail.com", "myyahoo.com"],
    {
      signIn: "app-password",
      notes: ["Create an app password in Yahoo's account security page."],
      appPasswordUrl: "https://login.yahoo.com/account/security",
      hosts: ["export.imap.mail.yahoo.com", "plus.smtp.mail.yahoo.com"],
      mx: [".yahoodns.net"],
    },
  ),
  simple("aol", "AOL Mail", ["imap.aol.com", "smtp.aol.com"], ["aol.*", "aim.com"], {
    signIn: "app-password",
    notes: ["Create an app password in AOL's account security page."],
    appPasswordUrl: "https://login.aol.com/account/security",
  }),
  {
    id: "icloud",
    name: "iCloud Mail",
    imap: tls("imap.mail.me.com", 993),
    smtp: starttls("smtp.mail.me.com", 587),
    signIn: "app-password",
    notes: [
      "Create an app-specific password in your Apple Account.",
      "IMAP signs in with the part before the @, SMTP with the full address.",
      "An own domain signs in with the iCloud address behind it.",
    ],
    appPasswordUrl: "https://account.apple.com/account/manage",
    imapUsername: "local-part",
    domains: ["icloud.com", "me.com", "mac.com"],
    hosts: [],
    mx: [".mail.icloud.com"],
  },
  zoho("zoho.com", ["zoho.com", "zohomail.com"]),
  zoho("zoho.eu", ["zoho.eu", "zohomail.eu"]),
  zoho("zoho.in", ["zoho.in", "zohomail.in"]),
  zoho("zoho.com.au", ["zoho.com.au", "zohomail.com.au"]),
  zoho("zoho.jp", ["zoho.jp", "zohomail.jp"]),
  zoho("zohocloud.ca", ["zohocloud.ca"]),
  simple(
    "fastmail",
    "Fastmail",
    ["imap.fastmail.com", "smtp.fastmail.com"],
    ["fastmail.com", "fastmail.fm", "fastmail.*"],
    {
      signIn: "app-password",
      notes: ["Fastmail needs an app password with access to IMAP and SMTP."],
      appPasswordUrl: "https://app.fastmail.com/settings/security/devicekeys",
      mx: [".messagingengine.com"],
    },
  ),
  simple(
    "gmx-net",
    "GMX",
    ["imap.gmx.net", "mail.gmx.net"],
    ["gmx.net", "gmx.de", "gmx.at", "gmx.ch"],
    {
      notes: [ENABLE_IMAP, "With two-factor sign-in an app password is needed."],
      mx: [".gmx.net"],
    },
  ),
  simple("gmx", "GMX", ["imap.gmx.com", "mail.gmx.com"], ["gmx.*"], {
    notes: [ENABLE_IMAP, "With two-factor sign-in an app password is needed."],
    mx: [".gmx.com"],
  }),
  {
    ...simple("web-de", "WEB.DE", ["imap.web.de", "smtp.web.de"], ["web.de"]),
    smtp: starttls("smtp.web.de", 587),
    notes: [ENABLE_IMAP, "With two-factor sign-in an app password is needed."],
  },
  simple("yandex", "Yandex Mail", ["imap.yandex.com", "smtp.yandex.com"], ["yandex.*", "ya.ru"], {
    signIn: "app-password",
    notes: [ENABLE_IMAP, "Create an app password for mail in your Yandex ID."],
    appPasswordUrl: "https://id.yandex.com/security/app-passwords",
    hosts: ["imap.yandex.ru", "smtp.yandex.ru"],
    mx: ["mx.yandex.net", "mx.yandex.ru"],
  }),
  simple(
    "mail-ru",
    "Mail.ru",
    ["imap.mail.ru", "smtp.mail.ru"],
    ["mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru"],
    {
      signIn: "app-password",
      notes: ["Create a password for external apps in the mailbox's security settings."],
      mx: ["mxs.mail.ru", "emx.mail.ru"],
    },
  ),
  simple(
    "t-online",
    "Telekom Mail",
    ["secureimap.t-online.de", "securesmtp.t-online.de"],
    ["t-online.de", "magenta.de"],
    { notes: ["T-Online wants its separate e-mail password, set in the customer centre."] },
  ),
  simple("posteo", "Posteo", ["posteo.de", "posteo.de"], ["posteo.*"], { mx: [".posteo.de"] }),
  simple("ionos", "IONOS", ["imap.ionos.de", "smtp.ionos.de"], ["online.de", "onlinehome.de"], {
    hosts: ["imap.ionos.*", "smtp.ionos.*", "imap.1and1.*", "smtp.1and1.*"],
    mx: [".ionos.de", ".ionos.com", ".ionos.co.uk", ".ionos.fr", ".ionos.es", ".kundenserver.de"],
  }),
  simple("1und1", "1&1", ["imap.1und1.de", "smtp.1und1.de"], ["1und1.de"]),
  simple("strato", "STRATO", ["imap.strato.de", "smtp.strato.de"], ["strato.de"], {
    mx: [".rzone.de"],
  }),
  simple("ovh", "OVHcloud", ["ssl0.ovh.net", "ssl0.ovh.net"], ["ovh.net"], {
    mx: [".mail.ovh.net"],
  }),
  simple(
    "rackspace",
    "Rackspace Email",
    ["secure.emailsrvr.com", "secure.emailsrvr.com"],
    ["emailsrvr.com"],
    { mx: [".emailsrvr.com"] },
  ),
  simple("gandi", "Gandi Mail", ["mail.gandi.net", "mail.gandi.net"], ["gandi.net"], {
    mx: [".mail.gandi.net"],
  }),
  simple("orange", "Orange", ["imap.orange.fr", "smtp.orange.fr"], ["orange.fr", "wanadoo.fr"]),
  simple("seznam", "Seznam", ["imap.seznam.cz", "smtp.seznam.cz"], ["seznam.cz", "email.cz"]),
  simple("libero", "Libero", ["imapmail.libero.it", "smtp.libero.it"], ["libero.it"]),
  simple("naver", "Naver", ["imap.naver.com", "smtp.naver.com"], ["naver.com"], {
    notes: [ENABLE_IMAP],
  }),
  simple("qq", "QQ Mail", ["imap.qq.com", "smtp.qq.com"], ["qq.com", "foxmail.com"], {
    signIn: "app-password",
    notes: [ENABLE_IMAP, "QQ gives an authorization code, which is used as the password."],
  }),
  simple("netease-163", "163 Mail", ["imap.163.com", "smtp.163.com"], ["163.com"], {
    signIn: "app-password",
    notes: [ENABLE_IMAP, "163 gives an authorization code, which is used as the password."],
  }),
  simple("comcast", "Xfinity", ["imap.comcast.net", "smtp.comcast.net"], ["comcast.net"], {
    notes: ["Third-party access must be allowed in the Xfinity mail settings."],
  }),
  simple(
    "att",
    "AT&T Mail",
    ["imap.mail.att.net", "smtp.mail.att.net"],
    ["att.net", "sbcglobal.net", "bellsouth.net", "ameritech.net", "pacbell.net", "swbell.net"],
    { signIn: "app-password", notes: ["AT&T needs a secure mail key in place of the password."] },
  ),
  {
    id: "proton",
    name: "Proton Mail",
    imap: null,
    smtp: null,
    signIn: "app-password",
    notes: [
      "Proton offers no IMAP to other servers; its Bridge answers on the machine it runs on only.",
    ],
    domains: ["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
    hosts: [],
    mx: ["mail.protonmail.ch", "mailsec.protonmail.ch"],
  },
];
