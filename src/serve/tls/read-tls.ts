import { createPrivateKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { ServeOptions } from '../../config/service-options.ts'
import { BentoError, isSystemError, messageOf } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import { type TlsSettings, toTlsOptions } from './tls-settings.ts'

type SslOptions = ServeOptions['ssl']

/**
 * Reads the files of `ssl.*` once for all workers, and holds them against each other. Throws CONFIG_INVALID. `warn`
 * hears of what clients will refuse, and a server need not.
 */
export async function readTls(
  { certfile = '', keyfile = certfile, ...ssl }: SslOptions,
  warn: (line: string) => void,
): Promise<TlsSettings> {
  const [cert, key, ca] = await Promise.all([
    readPem('certfile', certfile),
    readPem('keyfile', keyfile),
    ssl.caCerts === undefined ? undefined : readPem('caCerts', ssl.caCerts),
  ])
  const certificate = parseCertificate('certfile', certfile, cert)
  if (ca !== undefined) parseCertificate('caCerts', ssl.caCerts ?? '', ca)
  if (!certificate.checkPrivateKey(parseKey(keyfile, key, ssl.keyfilePassword))) {
    throw invalid(`The key in "${keyfile}" is not that of the certificate in "${certfile}"`, {
      hint: 'Name the two files that were made together in `ssl.certfile` and `ssl.keyfile`.',
    })
  }
  const settings = {
    cert,
    key,
    ...withoutUndefined({ ca, passphrase: ssl.keyfilePassword, ciphers: ssl.ciphers }),
    minVersion: 'TLSv1.2',
    maxVersion: ssl.version === 5 ? 'TLSv1.2' : 'TLSv1.3',
    requestCert: ssl.certReqs > 0,
    rejectUnauthorized: ssl.certReqs === 2,
    ticketKeys: randomBytes(48).toString('base64'),
  } as const
  tryOut(settings)
  const problem = findDateProblem(certificate, Date.now())
  if (problem !== undefined) warn(`Warning: the certificate in "${certfile}" ${problem}`)
  return settings
}

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const why = isSystemError(cause, 'ENOENT') ? 'there is no such file' : messageOf(cause)
    throw invalid(`"${file}", which \`ssl.${option}\` names, cannot be read: ${why}`, {
      hint: 'A path is taken from the folder that the service is started in.',
      cause,
    })
  }
}

function parseCertificate(option: string, file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw invalid(`"${file}", which \`ssl.${option}\` names, holds no certificate`, {
      hint: 'Give it in PEM form, which begins with -----BEGIN CERTIFICATE-----.',
      cause,
    })
  }
}

function parseKey(file: string, key: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key, ...withoutUndefined({ passphrase }) })
  } catch (cause) {
    throw unreadableKey(file, key, { passphrase, cause })
  }
}

function unreadableKey(
  file: string,
  key: string,
  { passphrase, cause }: { passphrase: string | undefined; cause: unknown },
): BentoError {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) {
    return invalid(`"${file}" holds no private key`, {
      hint: 'Name its file in `ssl.keyfile`, in PEM form.',
      cause,
    })
  }
  if (passphrase === undefined && /ENCRYPTED/.test(key)) {
    return invalid(`The key in "${file}" is encrypted, and there is no password for it`, {
      hint: 'Set BENTO_SSL_KEYFILE_PASSWORD, or `ssl.keyfile_password` in the file BENTO_CONFIG.',
      cause,
    })
  }
  if (passphrase !== undefined && /ENCRYPTED/.test(key)) {
    return invalid(`The password of the key in "${file}" is wrong`, {
      hint: 'Correct BENTO_SSL_KEYFILE_PASSWORD, --ssl-keyfile-password or `ssl.keyfile_password`.',
      cause,
    })
  }
  return invalid(`The key in "${file}" cannot be read: ${messageOf(cause)}`, {
    hint: 'Make it anew, with its certificate.',
    cause,
  })
}

/** What else OpenSSL refuses is found here, and not by the first client. */
function tryOut(settings: TlsSettings): void {
  try {
    createSecureContext(toTlsOptions(settings))
  } catch (cause) {
    const hint = settings.ciphers === undefined ? 'Correct `ssl`.' : 'Correct `ssl.ciphers` first.'
    throw invalid(`OpenSSL takes no such \`ssl\`: ${messageOf(cause)}`, { hint, cause })
  }
}

function findDateProblem({ validFrom, validTo }: X509Certificate, now: number): string | undefined {
  if (Date.parse(validTo) < now) return `ended on ${validTo}`
  return Date.parse(validFrom) > now ? `is not valid before ${validFrom}` : undefined
}

function invalid(message: string, options: { hint: string; cause?: unknown }): BentoError {
  return new BentoError('CONFIG_INVALID', message, options)
}
