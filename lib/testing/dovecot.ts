import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chown, mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { BAD_CERTIFICATES } from "./certificates";
import { waitForPort } from "./free-ports";
import { type Daemon, startDaemon } from "./process-group";

const run = promisify(execFile);

/** Dovecot stores mail as this numeric user, which needs no account on the machine. */
const MAIL_OWNER = 5000;

/** Logins from this loopback address are the bed's own and are not counted by `logins()`. */
export const BED_CLIENT_ADDRESS = "127.0.0.9";

export type DovecotPorts = { imap: number; imaps: number; lmtp: number };

/** Where it asks whose mailbox a token opens, and by which mechanisms a token may come. */
export type TokenSignIn = { checkUrl: string; mechanisms: string };

/** A real Dovecot (IMAP, LMTP, SASL) with its data below `<dir>/dovecot` and `<dir>/mail`. */
export type Dovecot = {
  pid: () => number;
  start: () => Promise<void>;
  end: () => Promise<void>;
  doveadm: (...args: string[]) => Promise<string>;
  logins: () => number;
  /** Everything it has logged so far. */
  log: () => string;
  setPassword: (address: string, password: string) => Promise<void>;
  /** Lets this user sign in by IMAP, or no longer, whatever the password. */
  allowImap: (address: string, isAllowed: boolean) => Promise<void>;
};

/**
 * Writes the configuration and prepares the folders; nothing runs until `start()`. With `anyUser`
 * everybody has a mailbox whose password is "pw", and thousands may be signed in. With `byToken`
 * users may sign in by a token as well, over IMAP and, through Postfix, over SMTP.
 */
export async function prepareDovecot(
  dir: string,
  ports: DovecotPorts,
  { anyUser = false, byToken = null }: { anyUser?: boolean; byToken?: TokenSignIn | null } = {},
): Promise<Dovecot> {
  const home = join(dir, "dovecot");
  const config = join(home, "dovecot.conf");
  const users = join(home, "users");
  const logFile = join(home, "log");
  await mkdir(join(home, "run"), { recursive: true });
  await mkdir(join(home, "state"), { recursive: true });
  await mkdir(join(dir, "mail"), { recursive: true });
  await chown(join(dir, "mail"), MAIL_OWNER, MAIL_OWNER);
  await writeFile(config, configuration(dir, ports, byToken) + (anyUser ? manyUsers(dir) : ""));
  if (byToken) await writeFile(join(home, "oauth2.conf.ext"), tokenCheck(byToken));
  await writeFile(users, "");
  await writeFile(logFile, "");
  const passwords = new Map<string, string>();
  const withoutImap = new Set<string>();
  let usersVersion = 0;
  let daemon: Daemon | null = null;
  const writeUsers = async (changed: string) => {
    const lines = [...passwords].map(([user, pw]) =>
      userLine(dir, { user, password: pw, hasImap: !withoutImap.has(user) }),
    );
    await writeFile(users, lines.join(""));
    // Dovecot re-reads the file when its mtime has another second than before, so give it one.
    usersVersion += 1;
    await utimes(users, 1e9 + usersVersion, 1e9 + usersVersion);
    const hasImap = !withoutImap.has(changed);
    const line = { user: changed, password: passwords.get(changed) ?? "", hasImap };
    if (daemon !== null) await untilKnown(config, line);
  };
  return {
    pid: () => daemon?.pid ?? 0,
    async start() {
      daemon = await startDaemon({
        file: "/usr/sbin/dovecot",
        args: ["-F", "-c", config],
        logFile: join(home, "output"),
      });
      await waitForPort(ports.imap, 10_000);
    },
    async end() {
      await daemon?.end();
      daemon = null;
    },
    async doveadm(...args) {
      return (await run("doveadm", ["-c", config, ...args])).stdout;
    },
    logins: () => countLogins(readFileSync(logFile, "utf8")),
    log: () => readFileSync(logFile, "utf8"),
    async setPassword(address, password) {
      passwords.set(address.toLowerCase(), password);
      await writeUsers(address.toLowerCase());
    },
    async allowImap(address, isAllowed) {
      if (isAllowed) withoutImap.delete(address.toLowerCase());
      else withoutImap.add(address.toLowerCase());
      await writeUsers(address.toLowerCase());
    },
  };
}

type UserLine = { user: string; password: string; hasImap: boolean };

/** Dovecot looks at the file again only in the next second after its last look. */
async function untilKnown(config: string, { user, password, hasImap }: UserLine): Promise<void> {
  const deadline = performance.now() + 10_000;
  const doveadm = async (...args: string[]) =>
    (await run("doveadm", ["-c", config, ...args])).stdout;
  for (;;) {
    try {
      const known = await doveadm("auth", "test", user, password);
      await doveadm("user", user);
      if (known.includes("nologin") === hasImap) throw new Error(`an old line of ${user} is known`);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** `nologin` is how Dovecot's providers switch IMAP off for one user; SMTP sign-ins go on. */
function userLine(dir: string, { user, password, hasImap }: UserLine): string {
  const extra = hasImap ? "" : "nologin";
  return `${user}:{PLAIN}${password}::::${dir}/mail/${user}::${extra}\n`;
}

function countLogins(log: string): number {
  return log
    .split("\n")
    .filter((line) => line.includes("imap-login: Info: Login: user=<"))
    .filter((line) => !line.includes(`rip=${BED_CLIENT_ADDRESS},`)).length;
}

function configuration(dir: string, ports: DovecotPorts, byToken: TokenSignIn | null): string {
  return [
    base(dir, byToken?.mechanisms ?? ""),
    ...(byToken ? [tokens(dir, byToken)] : []),
    accounts(dir),
    namespace(),
    loginService(ports),
    ...BAD_CERTIFICATES.map((bad) => badCertificate(bad.address, `${dir}/tls/${bad.certificate}`)),
    otherServices(ports),
  ].join("\n");
}

function base(dir: string, mechanisms: string): string {
  return `protocols = imap lmtp
base_dir = ${dir}/dovecot/run
state_dir = ${dir}/dovecot/state
instance_name = bed
log_path = ${dir}/dovecot/log
log_timestamp = "%Y-%m-%d %H:%M:%S "
listen = 127.0.0.1
ssl = yes
ssl_cert = <${dir}/tls/server.pem
ssl_key = <${dir}/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login ${mechanisms}
auth_failure_delay = 0
auth_cache_size = 0
auth_username_chars =
recipient_delimiter = +
mail_location = maildir:~/Maildir
mail_uid = ${MAIL_OWNER}
mail_gid = ${MAIL_OWNER}
mail_fsync = never
mail_max_userip_connections = 10`;
}

/** Before the passwords: otherwise a refused token would be tried as one. */
function tokens(dir: string, { mechanisms }: TokenSignIn): string {
  return `passdb {
  driver = oauth2
  mechanisms = ${mechanisms}
  args = ${dir}/dovecot/oauth2.conf.ext
}`;
}

/** Each token is asked about anew, so that one that is revoked is known at once. */
function tokenCheck({ checkUrl }: TokenSignIn): string {
  return `introspection_mode = post
introspection_url = ${checkUrl}
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
timeout_msecs = 3000
`;
}

function accounts(dir: string): string {
  return `passdb {
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%Lu ${dir}/dovecot/users
}
userdb {
  driver = passwd-file
  args = username_format=%Lu ${dir}/dovecot/users
}`;
}

function namespace(): string {
  const folders = ["Drafts", "Sent", "Junk", "Trash", "Archive"].map(
    (name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`,
  );
  return `namespace inbox {\n  inbox = yes\n  separator = /\n${folders.join("\n")}\n}`;
}

/** One certificate per port does not exist in Dovecot 2.3, hence one loopback address each. */
function loginService(ports: DovecotPorts): string {
  const addresses = ["127.0.0.1", ...BAD_CERTIFICATES.map(({ address }) => address)];
  const listeners = addresses.map((address, n) => {
    const at = `    address = ${address}\n`;
    return `  inet_listener imap${n || ""} {\n${at}    port = ${ports.imap}\n  }
  inet_listener imaps${n || ""} {\n${at}    port = ${ports.imaps}\n    ssl = yes\n  }`;
  });
  return `service imap-login {\n${listeners.join("\n")}\n}`;
}

function badCertificate(address: string, path: string): string {
  return `local ${address} {\n  ssl_cert = <${path}.pem\n  ssl_key = <${path}.key\n}`;
}

/** Without the anvil lines repeated wrong passwords from one address are answered ever slower. */
function otherServices(ports: DovecotPorts): string {
  return `service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service auth {
  unix_listener auth-postfix {
    mode = 0666
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;
}

/** One address signs in for all, so the limits for one address are lifted as well. */
function manyUsers(dir: string): string {
  return `passdb {
  driver = static
  args = password=pw
}
userdb {
  driver = static
  args = uid=${MAIL_OWNER} gid=${MAIL_OWNER} home=${dir}/mail/%Lu
}
mail_max_userip_connections = 0
default_client_limit = 5000
default_vsz_limit = 1G
service imap-login {
  service_count = 0
  process_min_avail = 1
  client_limit = 5000
}
service imap {
  process_limit = 5000
}
service anvil {
  client_limit = 20000
}
service auth {
  client_limit = 20000
}
`;
}
