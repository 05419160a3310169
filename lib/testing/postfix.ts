import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, chown, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { BAD_CERTIFICATES } from "./certificates";
import { waitForPort } from "./free-ports";
import { type Daemon, startDaemon } from "./process-group";

const run = promisify(execFile);

export type PostfixPorts = { smtp: number; smtps: number };

/** A real Postfix that hands mail for its domains to the bed's Dovecot by LMTP. */
export type Postfix = {
  pid: () => number;
  start: () => Promise<void>;
  end: () => Promise<void>;
  /** Everything it has logged so far. */
  log: () => string;
};

/**
 * Writes the configuration and the queue folders; nothing runs until `start()`.
 * Scripted answers: tempfail@customer.test 451, hardfail@customer.test 550, cut@customer.test 421
 * at RCPT; sender banned@example.test 554; a subject with "reject-at-data" 550 after DATA;
 * bounce.test is accepted and bounced, defer.test accepted and deferred, blackhole.test discarded.
 * With `signsInWithoutTls` it takes sign-ins over plain connections as well.
 */
export async function preparePostfix(
  dir: string,
  ports: PostfixPorts,
  { signsInWithoutTls = false } = {},
): Promise<Postfix> {
  const config = join(dir, "postfix");
  const queue = join(dir, "postfix-queue");
  await mkdir(config, { recursive: true });
  const files: Record<string, string> = {
    "main.cf": mainConfiguration(dir, signsInWithoutTls),
    "master.cf": masterConfiguration(dir, ports),
    rcpt: RECIPIENT_ANSWERS,
    sender: "banned@example.test 554 5.7.1 sender not allowed\n",
    transport: TRANSPORTS,
    header_checks: "/^Subject:.*reject-at-data/ REJECT 5.7.1 content refused\n",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(config, name), text);
  await makeQueueFolders(dir, queue);
  await backdate(config);
  let daemon: Daemon | null = null;
  return {
    pid: () => daemon?.pid ?? 0,
    async start() {
      daemon = await startDaemon({
        file: "/usr/lib/postfix/sbin/master",
        args: ["-c", config, "-s"],
        logFile: join(dir, "postfix-output"),
        cwd: queue,
        env: { ...process.env, MAIL_CONFIG: config, MAIL_LOGTAG: "postfix" },
      });
      await waitForPort(ports.smtp, 10_000);
    },
    async end() {
      await daemon?.end();
      daemon = null;
    },
    log: () => readFileSync(join(dir, "postfix.log"), "utf8"),
  };
}

const RECIPIENT_ANSWERS = `tempfail@customer.test 451 4.3.0 try again later
hardfail@customer.test 550 5.1.1 no such user here
cut@customer.test 421 4.3.2 closing
`;

const TRANSPORTS = `bounce.test error:5.1.1 mailbox unavailable
defer.test retry:4.2.2 mailbox full
blackhole.test discard:
`;

/** Made here so that `postfix start` and its two seconds of checking are not needed. */
async function makeQueueFolders(dir: string, queue: string): Promise<void> {
  const postfix = Number((await run("id", ["-u", "postfix"])).stdout);
  const postdrop = Number((await run("getent", ["group", "postdrop"])).stdout.split(":")[2]);
  const folder = async (path: string, mode: number, uid: number, gid: number) => {
    await mkdir(path, { recursive: true });
    await chown(path, uid, gid);
    await chmod(path, mode);
  };
  await mkdir(queue, { recursive: true });
  await folder(join(queue, "pid"), 0o755, 0, 0);
  const own = "active bounce corrupt defer deferred flush hold incoming private saved trace";
  for (const name of own.split(" ")) await folder(join(queue, name), 0o700, postfix, 0);
  await folder(join(queue, "maildrop"), 0o730, postfix, postdrop);
  await folder(join(queue, "public"), 0o710, postfix, postdrop);
  await folder(join(dir, "postfix-data"), 0o755, postfix, 0);
}

/** Postfix waits two seconds while a configuration file is younger than that. */
async function backdate(config: string): Promise<void> {
  for (const name of await readdir(config)) await utimes(join(config, name), 1e9, 1e9);
}

function mainConfiguration(dir: string, signsInWithoutTls: boolean): string {
  const tlsOnly = signsInWithoutTls ? "no" : "yes";
  return [ownership(dir), routing(dir), admission(dir, tlsOnly), timing()].join("\n");
}

function ownership(dir: string): string {
  return `compatibility_level = 3.6
config_directory = ${dir}/postfix
queue_directory = ${dir}/postfix-queue
data_directory = ${dir}/postfix-data
maillog_file = ${dir}/postfix.log
maillog_file_prefixes = ${dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
myhostname = mail.example.test
mydomain = example.test
myorigin = example.test
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
biff = no`;
}

/** An unknown local user is accepted and bounced: that is where a real DSN comes from. */
function routing(dir: string): string {
  return `virtual_mailbox_domains = example.test customer.test
virtual_mailbox_maps = static:x
virtual_transport = lmtp:unix:${dir}/dovecot/run/lmtp
recipient_delimiter = +
transport_maps = texthash:${dir}/postfix/transport
default_transport = error:5.1.2 no such domain in this test bed
relay_transport = error:5.1.2 no such domain in this test bed
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_reject_unlisted_recipient = no
header_checks = regexp:${dir}/postfix/header_checks
strict_rfc821_envelopes = no
message_size_limit = 31457280
mailbox_size_limit = 0`;
}

function admission(dir: string, tlsOnly: "yes" | "no"): string {
  const recipients = "permit_sasl_authenticated, reject_unauth_destination";
  return `smtpd_helo_required = no
smtpd_relay_restrictions = ${recipients}
smtpd_recipient_restrictions = check_recipient_access texthash:${dir}/postfix/rcpt, ${recipients}
smtpd_sender_restrictions = check_sender_access texthash:${dir}/postfix/sender
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${dir}/dovecot/run/auth-postfix
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = ${tlsOnly}
smtpd_tls_security_level = may
smtpd_tls_chain_files = ${dir}/tls/server.key ${dir}/tls/server.pem
smtpd_tls_loglevel = 0
smtpd_forbid_bare_newline = normalize
tls_random_source = dev:/dev/urandom
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000`;
}

function timing(): string {
  return `delay_warning_time = 8s
confirm_delay_cleared = no
minimal_backoff_time = 5s
maximal_backoff_time = 5s
queue_run_delay = 2s
maximal_queue_lifetime = 30s
bounce_queue_lifetime = 30s
bounce_size_limit = 50000
`;
}

function masterConfiguration(dir: string, ports: PostfixPorts): string {
  const bad = BAD_CERTIFICATES.map(({ certificate, address }) => {
    const chain = `${dir}/tls/${certificate}.key,${dir}/tls/${certificate}.pem`;
    return listeners(address, ports, `  -o smtpd_tls_chain_files=${chain}\n`);
  });
  return `${listeners("127.0.0.1", ports, "")}${bad.join("")}${DAEMONS}`;
}

function listeners(address: string, ports: PostfixPorts, more: string): string {
  return `${address}:${ports.smtp} inet n - n - - smtpd
${more}${address}:${ports.smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
${more}`;
}

const DAEMONS = `pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;
