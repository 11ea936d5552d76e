import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { digestOf } from '../../src/registry/digest.ts'
import { blobOf, type BlobSource } from '../../src/registry/push-blob.ts'
import { S3Client } from '../../src/remote/s3-client.ts'
import { uploadObject } from '../../src/remote/s3-upload.ts'
import { readFiles } from '../../src/store/digest.ts'
import { answerOf, bentoWithout, modelOf, pushModel, serveCopy } from '../build/unpacked.ts'
import { describeWith } from '../describe-with.ts'
import { start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { pullBento, pushBento, storedBento } from './remotes.ts'

// The first run installs the server.
jest.setTimeout(180_000)

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))

/** moto's server, which keeps S3 in memory; undefined where no Python can be had. */
function findServer(): string | undefined {
  const folder = join(tmpdir(), 'bento-moto-5.1.18')
  const server = join(folder, 'bin', 'moto_server')
  if (existsSync(server)) return server
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return undefined
  spawnSync(join(folder, 'bin', 'pip'), ['install', '--quiet', '-r', requirements])
  return existsSync(server) ? server : undefined
}

const program = findServer()

describeWith('S3', program === undefined ? ['python3 with venv and moto'] : [], () => {
  let server: Started
  let env: Record<string, string>

  beforeAll(async () => {
    server = start(program ?? '', ['--host', '127.0.0.1', '--port', '0'], { cwd: tmpdir() })
    const [, address = ''] = await server.printed(/Running on (http:\/\/127\.0\.0\.1:\d+)/)
    env = {
      AWS_ENDPOINT_URL: address,
      AWS_ACCESS_KEY_ID: 'ann',
      AWS_SECRET_ACCESS_KEY: 'secret',
      HOME: await temporaryFolder(),
    }
    await fetch(`${address}/models`, { method: 'PUT' })
  })

  afterAll(() => server.kill())

  test('what is pulled is what was pushed', async () => {
    const bento = await storedBento('v1', { 'src/a b+c&d=é.txt': 'odd name' })
    const { urls, sent } = await pushBento(bento, 's3://models/bentos/my app/x', { env })
    expect(urls).toEqual(['s3://models/bentos/my app/x:v1', 's3://models/bentos/my app/x:latest'])
    expect(sent).toBeGreaterThan(3 << 20)
    const pulled = await pullBento('s3://models/bentos/my app/x', await temporaryFolder(), { env })
    expect(await readFiles(pulled.path)).toEqual(await readFiles(bento.path))
    const again = await pushBento(bento, 's3://models/bentos/my app/x:other', { env })
    expect(again.sent).toBe(0)
  })

  test('a bento that was built without its model fetches that at the start', async () => {
    const bento = await bentoWithout('s3://models/weights')
    await pushModel(await modelOf(bento), 's3://models/weights/echo', env)
    const service = await serveCopy(bento, await temporaryFolder(), env)
    expect(await answerOf(service)).toEqual([[1, 2]])
    expect(service.output()).toContain('Fetching model echo:v1 from s3://models/weights/echo:v1')
  })

  test('a large object goes in parts, and only those that are missing are sent', async () => {
    const client = await S3Client.open('models', { env, isInsecure: false, cwd: '/' })
    const bytes = randomBytes((70 << 20) + 3)
    const opened: number[] = []
    const source = (last: number): BlobSource => ({
      ...blobOf(bytes),
      async *open(from, to) {
        opened.push(from)
        if (opened.length > last) throw new Error('cut off')
        yield await Promise.resolve(bytes.subarray(from, to))
      },
    })
    await expect(uploadObject(client, 'large', source(1))).rejects.toThrow('cut off')
    opened.length = 0
    await uploadObject(client, 'large', source(Infinity))
    expect(opened).toEqual([32 << 20, 64 << 20])
    const answer = await client.get('large', 0)
    expect(digestOf(Buffer.from(await answer.body.arrayBuffer()))).toBe(digestOf(bytes))
    await client.close()
  })

  test('says what is missing or refused', async () => {
    const home = await temporaryFolder()
    await expect(pullBento('s3://models/none', home, { env })).rejects.toMatchObject({
      code: 'BENTO_NOT_FOUND',
    })
    await expect(
      pushBento(await storedBento('v1'), 's3://nobody/x', { env }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('"s3://nobody/'),
    })
    await expect(pullBento('s3://BUCKET/x', home, { env })).rejects.toMatchObject({ code: 'USAGE' })
    const { AWS_ACCESS_KEY_ID: _, ...nobody } = env
    await expect(pullBento('s3://models/x', home, { env: nobody })).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
    })
    const wrong = { ...env, AWS_ENDPOINT_URL: 'nowhere' }
    await expect(pullBento('s3://models/x', home, { env: wrong })).rejects.toMatchObject({
      code: 'USAGE',
    })
  })

  test("reads the credentials of AWS's own file", async () => {
    const home = await temporaryFolder()
    await mkdir(join(home, '.aws'))
    await writeFile(
      join(home, '.aws/credentials'),
      '[default]\naws_access_key_id = no\n\n[ work ]\naws_access_key_id=ann\naws_secret_access_key = s=1\n',
    )
    const around = { HOME: home, AWS_PROFILE: 'work', AWS_ENDPOINT_URL: env['AWS_ENDPOINT_URL'] }
    const { urls } = await pushBento(await storedBento('v1'), 's3://models/own:v1', { env: around })
    expect(urls).toEqual(['s3://models/own:v1'])
  })
})
