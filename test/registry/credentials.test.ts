import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from '@jest/globals'
import { findCredentials } from '../../src/registry/credentials.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const auth = Buffer.from('ann:s3:cret').toString('base64')
const ann = { type: 'basic', username: 'ann', password: 's3:cret' }

async function configOf(config: unknown): Promise<Record<string, string>> {
  const folder = await temporaryFolder()
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  await writeFile(join(folder, 'config.json'), text)
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` }
}

/** A helper as a script, in the folder of the config. */
async function withHelper(env: Record<string, string>, script: string): Promise<void> {
  const file = join(env['DOCKER_CONFIG'] ?? '', 'docker-credential-test')
  await writeFile(file, `#!/bin/sh\nread -r address\n${script}\n`)
  await chmod(file, 0o755)
}

test.each([
  ['its host', 'ghcr.io', { 'ghcr.io': { auth } }, ann],
  ['its address', 'ghcr.io', { 'https://ghcr.io/v2/': { auth } }, ann],
  ['the old address of Docker Hub', 'docker.io', { 'https://index.docker.io/v1/': { auth } }, ann],
  [
    'an identity token',
    'a.io',
    { 'a.io': { auth, identitytoken: 't' } },
    { type: 'identity', token: 't' },
  ],
  ['another port', 'localhost:5001', { 'localhost:5000': { auth } }, undefined],
  ['a host that only begins the same', 'ghcr.io', { 'ghcr.io.evil.com': { auth } }, undefined],
  ['an empty entry', 'ghcr.io', { 'ghcr.io': {} }, undefined],
])('reads what is filed under %s', async (...[, registry, auths, expected]) => {
  expect(await findCredentials(registry, await configOf({ auths }))).toEqual(expected)
})

test('knows nobody where there is no config', async () => {
  expect(
    await findCredentials('ghcr.io', { DOCKER_CONFIG: await temporaryFolder() }),
  ).toBeUndefined()
})

test('asks the helper of the registry alone', async () => {
  const env = await configOf({ credHelpers: { 'ghcr.io': 'test' } })
  await withHelper(env, 'printf \'{"Username":"%s","Secret":"from helper"}\' "$address"')
  const found = { type: 'basic', username: 'ghcr.io', password: 'from helper' }
  expect(await findCredentials('ghcr.io', env)).toEqual(found)
  expect(await findCredentials('quay.io', env)).toBeUndefined()
})

test('takes a token from the store of all', async () => {
  const env = await configOf({ credsStore: 'test', auths: { 'ghcr.io': {} } })
  await withHelper(env, 'echo \'{"Username":"<token>","Secret":"t"}\'')
  expect(await findCredentials('ghcr.io', env)).toEqual({ type: 'identity', token: 't' })
})

test('looks into the file where the helper knows nothing', async () => {
  const env = await configOf({ credsStore: 'test', auths: { 'ghcr.io': { auth } } })
  await withHelper(env, 'echo "credentials not found in native keychain"; exit 1')
  expect(await findCredentials('ghcr.io', env)).toEqual(ann)
})

test.each([
  ['a helper that fails', { credsStore: 'test' }, 'echo locked; exit 1', /answered "locked"/],
  [
    'a helper that is not there',
    { credsStore: 'gone' },
    'true',
    /"docker-credential-gone", .* cannot be run/,
  ],
  ['a helper with a path for a name', { credsStore: '../sh' }, 'true', /a name that is none/],
  ['a config that is no JSON', '{', 'true', /config\.json" cannot be read/],
])('says what is wrong with %s', async (...[, config, script, message]) => {
  const env = await configOf(config)
  await withHelper(env, script)
  await expect(findCredentials('ghcr.io', env)).rejects.toMatchObject({
    code: 'CREDENTIALS_FAILED',
    message: expect.stringMatching(message),
  })
})
