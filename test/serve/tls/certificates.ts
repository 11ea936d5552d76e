import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../../temporary-folder.ts'

/** Paths of PEM files that openssl has made. */
export interface Certificates {
  readonly folder: string
  /** The authority, who signed the rest. */
  readonly ca: string
  /** Of 127.0.0.1. */
  readonly cert: string
  readonly key: string
  readonly clientCert: string
  readonly clientKey: string
}

/** The key of `lockedKey`. */
export const password = 'open-sesame'

export async function makeCertificates(): Promise<Certificates> {
  const folder = await temporaryFolder()
  const at = (name: string): string => join(folder, name)
  await makeAuthority(folder, 'ca')
  await signed(folder, { name: 'server', extension: 'subjectAltName=IP:127.0.0.1' })
  await signed(folder, { name: 'client', extension: 'extendedKeyUsage=clientAuth' })
  return {
    folder,
    ca: at('ca.pem'),
    cert: at('server.pem'),
    key: at('server-key.pem'),
    clientCert: at('client.pem'),
    clientKey: at('client-key.pem'),
  }
}

/** A certificate that signs itself: `NAME.pem` and `NAME-key.pem`. */
export async function makeAuthority(folder: string, name: string): Promise<void> {
  const files = `-keyout ${name}-key.pem -out ${name}.pem`
  await openssl(folder, `req -x509 ${newKey} -subj /CN=${name} -days 30 ${files}`)
}

/** The same key behind a password. */
export async function lockedKey({ folder, key }: Certificates): Promise<string> {
  const file = join(folder, 'locked-key.pem')
  await openssl(folder, `pkcs8 -topk8 -in ${key} -out ${file} -passout pass:${password}`)
  return file
}

/** A certificate that ends as soon as it is made. */
export async function endedCertificate({ folder, key }: Certificates): Promise<string> {
  const file = join(folder, 'ended.pem')
  await openssl(folder, `x509 -req -in server.csr -signkey ${key} -days 0 -out ${file}`)
  return file
}

export async function readAll<Name extends string>(
  files: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  const pairs = await Promise.all(
    Object.entries<string>(files).map(async ([name, file]) => [name, await readFile(file, 'utf8')]),
  )
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the names are those that were given
  return Object.fromEntries(pairs) as Record<Name, string>
}

const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

interface Signing {
  readonly name: string
  readonly extension: string
}

async function signed(folder: string, { name, extension }: Signing): Promise<void> {
  await writeFile(join(folder, `${name}.ext`), extension)
  await openssl(folder, `req ${newKey} -subj /CN=${name} -keyout ${name}-key.pem -out ${name}.csr`)
  const authority = '-CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 30'
  await openssl(
    folder,
    `x509 -req -in ${name}.csr ${authority} -extfile ${name}.ext -out ${name}.pem`,
  )
}

async function openssl(cwd: string, line: string): Promise<void> {
  await promisify(execFile)('openssl', line.split(' '), { cwd })
}
