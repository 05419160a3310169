import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The bad certificates, and the address on which the bed's servers show each. */
export const BAD_CERTIFICATES = [
  { certificate: "expired", address: "127.0.0.2" },
  { certificate: "wrong", address: "127.0.0.3" },
  { certificate: "selfmade", address: "127.0.0.4" },
] as const;

const OWN_NAMES = "DNS:localhost,DNS:mail.example.test,IP:127.0.0.1";

/** Where the bed's certificates lie: `server` is good, all others are refused. */
export type Certificates = { caFile: string; caPem: string; folder: string };

/**
 * Makes a certificate authority of the bed's own and three server certificates signed by it:
 * `server.pem` (localhost, mail.example.test, 127.0.0.1), `expired.pem` (same names, ended 2021)
 * and `wrong.pem` (other.invalid); and `selfmade.pem`, signed by nobody but itself. Each has its
 * `.key`, in `<dir>/tls`. Needs openssl.
 */
export async function makeCertificates(dir: string): Promise<Certificates> {
  const folder = join(dir, "tls");
  await mkdir(join(folder, "caold"), { recursive: true });
  await makeAuthority(folder);
  await Promise.all([
    makeRequest(folder, { file: "server", commonName: "mail.example.test", names: OWN_NAMES }),
    makeRequest(folder, { file: "expired", commonName: "mail.example.test", names: OWN_NAMES }),
    makeRequest(folder, { file: "wrong", commonName: "other.invalid", names: "DNS:other.invalid" }),
    makeSelfMade(folder, "selfmade"),
  ]);
  await sign(folder, "server");
  await sign(folder, "wrong");
  await signExpired(folder, "expired");
  const caFile = join(folder, "ca.pem");
  return { caFile, caPem: await readFile(caFile, "utf8"), folder };
}

/** One more certificate of the same authority, for these host names. @returns its file's name. */
export async function makeCertificateFor(
  { folder }: Pick<Certificates, "folder">,
  names: string[],
): Promise<string> {
  const [commonName = "localhost"] = names;
  const file = `own-${commonName}`;
  await makeRequest(folder, {
    ...{ file, commonName },
    names: names.map((name) => `DNS:${name}`).join(","),
  });
  await sign(folder, file);
  return file;
}

async function makeAuthority(folder: string): Promise<void> {
  await makeKey(folder, "ca");
  await openssl(folder, [
    ..."req -x509 -new -key ca.key -sha256 -days 3650 -out ca.pem".split(" "),
    ...["-subj", "/CN=Mailroom test bed CA"],
    ...["-addext", "basicConstraints=critical,CA:TRUE"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  ]);
}

/** For every name the bed has, so that nothing but its signature is wrong. */
async function makeSelfMade(folder: string, file: string): Promise<void> {
  await makeKey(folder, file);
  await openssl(folder, [
    ...`req -x509 -new -key ${file}.key -sha256 -days 825 -out ${file}.pem`.split(" "),
    ...["-subj", "/CN=mail.example.test"],
    ...["-addext", `subjectAltName=${OWN_NAMES},IP:127.0.0.4`],
  ]);
}

type Leaf = { file: string; commonName: string; names: string };

async function makeRequest(folder: string, { file, commonName, names }: Leaf): Promise<void> {
  await makeKey(folder, file);
  await openssl(folder, [
    ...["req", "-new", "-key", `${file}.key`, "-subj", `/CN=${commonName}`, "-out", `${file}.csr`],
  ]);
  const extensions = [
    `subjectAltName=${names}`,
    "basicConstraints=CA:FALSE",
    "extendedKeyUsage=serverAuth",
    "keyUsage=digitalSignature",
    "authorityKeyIdentifier=keyid",
  ];
  await writeFile(join(folder, `${file}.ext`), `${extensions.join("\n")}\n`);
}

async function sign(folder: string, file: string): Promise<void> {
  await openssl(folder, [
    ...["x509", "-req", "-in", `${file}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"],
    ...["-CAcreateserial", "-days", "825", "-extfile", `${file}.ext`, "-out", `${file}.pem`],
  ]);
}

/** `openssl x509` cannot set an end before the start in 3.0, so the `ca` command signs this one. */
async function signExpired(folder: string, file: string): Promise<void> {
  await writeFile(join(folder, "caold/index.txt"), "");
  await writeFile(join(folder, "caold/serial"), "01\n");
  const config = [
    "[ca]",
    "default_ca=d",
    "[d]",
    "database=caold/index.txt",
    "new_certs_dir=caold",
    "serial=caold/serial",
    "default_md=sha256",
    "policy=p",
    "unique_subject=no",
    "[p]",
    "commonName=supplied",
  ];
  await writeFile(join(folder, "caold.cnf"), `${config.join("\n")}\n`);
  await openssl(folder, [
    ...["ca", "-batch", "-notext", "-config", "caold.cnf", "-cert", "ca.pem"],
    ...["-keyfile", "ca.key", "-in", `${file}.csr`, "-out", `${file}.pem`],
    ...["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"],
    ...["-extfile", `${file}.ext`],
  ]);
}

async function makeKey(folder: string, file: string): Promise<void> {
  await openssl(folder, [
    ...["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${file}.key`],
  ]);
}

async function openssl(folder: string, args: string[]): Promise<void> {
  await run("openssl", args, { cwd: folder });
}
