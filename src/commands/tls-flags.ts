import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ClientTls } from '../client/http-transport.ts'
import { BentoError, messageOf } from '../errors.ts'
import type { Session } from './context.ts'
import type { Flags } from './define-command.ts'
import { resolvePath } from './paths.ts'

/** curl's own: how a command reaches a service that answers HTTPS. */
export const tlsFlags = {
  cacert: {
    type: 'text',
    metavar: 'FILE',
    description: "Authority of the service's certificate, in PEM form (default: Node's)",
  },
  cert: {
    type: 'text',
    metavar: 'FILE',
    description: 'Certificate to show to a service that asks for one, in PEM form',
  },
  key: {
    type: 'text',
    metavar: 'FILE',
    description: 'Key of --cert (default: in the same file)',
  },
} as const satisfies Flags

type TlsFlags = { readonly [Name in keyof typeof tlsFlags]: string | undefined }

/** Reads the files that were named; undefined when none was. Node itself passes over what is no certificate. */
export async function readTls(
  { cacert, cert, key = cert }: TlsFlags,
  { cwd }: Session,
): Promise<ClientTls | undefined> {
  if (cert === undefined && key !== undefined) {
    throw new BentoError('USAGE', '--key is of no use without --cert', {
      hint: 'Name its certificate with --cert.',
    })
  }
  const [authority, own, secret] = await Promise.all([
    readPem('cacert', cacert, cwd),
    readPem('cert', cert, cwd),
    readPem('key', key, cwd),
  ])
  if (authority === undefined && own === undefined) return undefined
  return {
    ...(authority !== undefined && { ca: authority }),
    ...(own !== undefined && secret !== undefined && { cert: own, key: secret }),
  }
}

type Flag = keyof typeof tlsFlags

async function readPem(
  flag: Flag,
  file: string | undefined,
  cwd: string,
): Promise<string | undefined> {
  if (file === undefined) return undefined
  const path = resolvePath(cwd, file)
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BentoError('FILE_NOT_FOUND', `"${file}" cannot be read: ${messageOf(cause)}`, {
      hint: `Correct the path after --${flag}.`,
      cause,
    })
  })
  requirePem(flag, file, pem)
  return pem
}

function requirePem(flag: Flag, file: string, pem: string): void {
  const [what, parse] =
    flag === 'key' ? ['private key', createPrivateKey] : ['certificate', parseCertificate]
  try {
    parse(pem)
  } catch (cause) {
    throw new BentoError('USAGE', `"${file}" holds no ${what} that can be read`, {
      hint: `Give --${flag} a file in PEM form, which begins with -----BEGIN.`,
      cause,
    })
  }
}

function parseCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem)
}
