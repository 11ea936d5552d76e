import { expect, test } from '@jest/globals'
import type { OptionSources } from '../../src/config/option-layers.ts'
import { resolveServeOptions, type ResolvedOptions } from '../../src/config/service-options.ts'

function resolve(sources: Partial<OptionSources>): Promise<ResolvedOptions> {
  return resolveServeOptions({ service: 'Iris', decorator: {}, env: {}, flags: {}, ...sources })
}

test('whoever names a certificate on the command line wants it used', async () => {
  const { options, origins } = await resolve({
    env: { BENTO_SSL_KEYFILE_PASSWORD: 'secret' },
    flags: { ssl: { certfile: 'a.pem', certReqs: 2, caCerts: 'ca.pem' } },
  })
  expect(options.ssl).toEqual({
    enabled: true,
    certfile: 'a.pem',
    certReqs: 2,
    caCerts: 'ca.pem',
    keyfilePassword: 'secret',
    version: 17,
  })
  expect(origins).toMatchObject({
    'ssl.enabled': '--ssl-certfile',
    'ssl.caCerts': '--ssl-ca-certs',
    'ssl.keyfilePassword': 'BENTO_SSL_KEYFILE_PASSWORD',
  })
})

test("BentoML's keys and numbers mean what they mean there", async () => {
  const ssl = { enabled: true, certfile: 'a.pem', keyfile_password: 'x', version: 5, cert_reqs: 0 }
  const { options } = await resolve({
    env: { BENTO_CONFIG_OVERRIDES: JSON.stringify({ ssl }) },
  })
  expect(options.ssl).toEqual({
    enabled: true,
    certfile: 'a.pem',
    keyfilePassword: 'x',
    version: 5,
    certReqs: 0,
  })
})

test.each([
  [
    { enabled: true },
    '@service: must name its certificate in certfile when it is enabled → at ssl',
  ],
  [
    { enabled: true, certfile: 'a.pem', certReqs: 2 },
    '@service: must name in caCerts who signs the certificates that certReqs asks for → at ssl',
  ],
  // TLS 1.0, which Python numbers so.
  [{ version: 3 }, '@service: must be 17, TLS 1.2 and newer, or 5, TLS 1.2 alone → at ssl.version'],
  [
    { certReqs: 7 },
    '@service: must be 0, 1 or 2: clients need no certificate, may have one, must have one → at ssl.certReqs',
  ],
  [{ certFile: 'a.pem' }, '@service: Unknown key "certFile", did you mean "certfile"? → at ssl'],
])('refuses %j', async (ssl, problem) => {
  await expect(resolve({ decorator: { ssl } })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(problem) as unknown,
  })
})
