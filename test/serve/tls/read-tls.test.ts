import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { resolveServeOptions } from '../../../src/config/service-options.ts'
import { readTls } from '../../../src/serve/tls/read-tls.ts'
import type { TlsSettings } from '../../../src/serve/tls/tls-settings.ts'
import { describeWith, missing } from '../../describe-with.ts'
import {
  type Certificates,
  endedCertificate,
  lockedKey,
  makeAuthority,
  makeCertificates,
  password,
} from './certificates.ts'

async function read(ssl: object, warn: (line: string) => void = () => {}): Promise<TlsSettings> {
  const decorator = { ssl: { enabled: true, ...ssl } }
  const { options } = await resolveServeOptions({ service: 'A', decorator, env: {}, flags: {} })
  return readTls(options.ssl, warn)
}

async function failureOf(ssl: object): Promise<unknown> {
  return read(ssl).then(
    () => 'nothing was wrong',
    (error: unknown) => error,
  )
}

describeWith('certificates', await missing('openssl'), () => {
  let made: Certificates

  beforeAll(async () => {
    made = await makeCertificates()
  })

  test('reads a certificate, its key and the authorities of clients', async () => {
    const { cert: certfile, key: keyfile, ca: caCerts } = made
    const tls = await read({ certfile, keyfile, caCerts, certReqs: 2 })
    expect(tls).toMatchObject({
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.3',
    })
    expect(tls.cert).toContain('BEGIN CERTIFICATE')
  })

  test('opens a key with its password', async () => {
    const keyfile = await lockedKey(made)
    const tls = await read({ certfile: made.cert, keyfile, keyfilePassword: password, version: 5 })
    expect(tls).toMatchObject({ passphrase: password, maxVersion: 'TLSv1.2' })
  })

  test('warns of a certificate that has ended', async () => {
    const warnings: string[] = []
    const certfile = await endedCertificate(made)
    await read({ certfile, keyfile: made.key }, (line) => warnings.push(line))
    expect(warnings.join('\n')).toMatch(/^Warning: the certificate in ".*ended.pem" ended on /)
  })

  test.each([
    ['a file that is not there', () => ({ certfile: 'none.pem' }), /"none.pem".*no such file/],
    ['a folder', () => ({ certfile: made.folder, keyfile: made.key }), /cannot be read: EISDIR/],
    ['a key for a certificate', () => ({ certfile: made.key }), /`ssl.certfile`.* no certificate/],
    [
      'a certificate for a key',
      () => ({ certfile: made.cert, keyfile: made.ca }),
      /"[^"]*ca.pem" holds no private key/,
    ],
    [
      'the key of another certificate',
      () => ({ certfile: made.cert, keyfile: made.clientKey }),
      /The key in ".*client-key.pem" is not that of the certificate in ".*server.pem"/,
    ],
    [
      'a key for the authorities',
      () => ({ certfile: made.cert, keyfile: made.key, caCerts: made.key, certReqs: 1 }),
      /`ssl.caCerts` names, holds no certificate/,
    ],
    [
      'ciphers that there are not',
      () => ({ certfile: made.cert, keyfile: made.key, ciphers: 'ROT13' }),
      /OpenSSL takes no such `ssl`: .*no cipher match/i,
    ],
  ])('refuses %s', async (_what, ssl, message) => {
    const expected: unknown = expect.stringMatching(message)
    expect(await failureOf(ssl())).toMatchObject({ code: 'CONFIG_INVALID', message: expected })
  })

  test('says whether the password of a key is missing or wrong', async () => {
    const keyfile = await lockedKey(made)
    const messages = await Promise.all([
      failureOf({ certfile: made.cert, keyfile }),
      failureOf({ certfile: made.cert, keyfile, keyfilePassword: 'guess' }),
    ])
    expect(messages.map(String)).toEqual([
      expect.stringContaining('is encrypted, and there is no password for it'),
      expect.stringContaining('The password of the key in'),
    ])
  })

  test('refuses a key that is broken inside', async () => {
    const keyfile = join(made.folder, 'broken-key.pem')
    await writeFile(keyfile, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')
    expect(String(await failureOf({ certfile: made.cert, keyfile }))).toContain('cannot be read')
  })

  test('takes a file that holds both', async () => {
    await makeAuthority(made.folder, 'both')
    const { cert, key } = await read({
      certfile: join(made.folder, 'both.pem'),
      keyfile: join(made.folder, 'both-key.pem'),
    })
    const certfile = join(made.folder, 'one.pem')
    await writeFile(certfile, `${key}${cert}`)
    expect((await read({ certfile })).key).toBe(`${key}${cert}`)
  })
})
