import type { TlsOptions } from 'node:tls'

/** What every process that answers HTTPS needs: plain data, which crosses to workers. */
export interface TlsSettings {
  /** PEM, as the next two. */
  readonly cert: string
  readonly key: string
  readonly ca?: string
  readonly passphrase?: string
  readonly ciphers?: string
  readonly minVersion: 'TLSv1.2'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly requestCert: boolean
  readonly rejectUnauthorized: boolean
  /** Base64. The same in all workers, so that a client may go on at another than it began with. */
  readonly ticketKeys: string
}

export function toTlsOptions({ ticketKeys, ...settings }: TlsSettings): TlsOptions {
  return { ...settings, ticketKeys: Buffer.from(ticketKeys, 'base64') }
}
