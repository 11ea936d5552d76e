import { withoutUndefined } from '../lib/without-undefined.ts'
import type { Flags } from './define-command.ts'

/** BentoML's own; each is a key of `ssl`. */
export const sslFlags = {
  sslCertfile: {
    type: 'text',
    metavar: 'FILE',
    description: 'Answer HTTPS with this certificate, in PEM form',
  },
  sslKeyfile: {
    type: 'text',
    metavar: 'FILE',
    description: 'Its key (default: in the same file)',
  },
  sslKeyfilePassword: {
    type: 'text',
    metavar: 'TEXT',
    description: 'Password of the key; others see it here (BENTO_SSL_KEYFILE_PASSWORD)',
  },
  sslVersion: {
    type: 'integer',
    metavar: 'N',
    min: 2,
    max: 17,
    description: '17: TLS 1.2 and newer (the default); 5: TLS 1.2 alone',
  },
  sslCertReqs: {
    type: 'integer',
    metavar: 'N',
    min: 0,
    max: 2,
    description: 'Whether clients need a certificate: 0 no, 1 if they have one, 2 yes',
  },
  sslCaCerts: {
    type: 'text',
    metavar: 'FILE',
    description: 'The authorities that may have signed a client, in PEM form',
  },
  sslCiphers: { type: 'text', metavar: 'LIST', description: "Ciphers, as OpenSSL's lists" },
} as const satisfies Flags

type SslFlags = {
  readonly [Name in keyof typeof sslFlags]: string | number | undefined
}

/** Those that were given, as the option `ssl` has them. */
export function sslOf(flags: SslFlags): Readonly<Record<string, unknown>> | undefined {
  const ssl = withoutUndefined({
    certfile: flags.sslCertfile,
    keyfile: flags.sslKeyfile,
    keyfilePassword: flags.sslKeyfilePassword,
    version: flags.sslVersion,
    certReqs: flags.sslCertReqs,
    caCerts: flags.sslCaCerts,
    ciphers: flags.sslCiphers,
  })
  return Object.keys(ssl).length === 0 ? undefined : ssl
}
