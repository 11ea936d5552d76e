import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { renderDockerfile, tarContext } from '../../src/containerize/backends/docker/context.ts'
import { planLayers } from '../../src/containerize/layers.ts'
import { imageSettings } from '../../src/containerize/settings.ts'
import { bentoOf, entriesOf, files } from './images.ts'

const own = fileURLToPath(new URL('../../templates/docker/Dockerfile', import.meta.url))

test.each([
  ['of the docker backend', () => renderDockerfile(3000)],
  ['in every bento', () => readFile(own, 'utf8')],
])('the Dockerfile %s sets what the oci backend sets', async (_, read) => {
  const { manifest } = await bentoOf(files)
  const { env, user, port, healthcheck, entrypoint, workingDir } = imageSettings(manifest)
  const lines = (await read()).replaceAll('\\\n    ', '').split('\n')
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringContaining(variables[0] ?? ''),
      `WORKDIR ${workingDir}`,
      `USER ${user}`,
      `EXPOSE ${port}`,
      'STOPSIGNAL SIGTERM',
      `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
      `HEALTHCHECK --interval=${healthcheck.intervalSeconds}s --timeout=${healthcheck.timeoutSeconds}s ` +
        `--start-period=${healthcheck.startSeconds}s --retries=${healthcheck.retries} ` +
        `CMD ${JSON.stringify(healthcheck.command).replaceAll(',', ', ')}`,
    ]),
  )
  const set = lines.find((line) => line.startsWith('ENV '))?.split(' ') ?? []
  expect(set).toEqual(expect.arrayContaining(variables))
})

test('the port of the service is all that a Dockerfile says of it', async () => {
  const [plain, other] = await Promise.all([renderDockerfile(3000), renderDockerfile(8080)])
  expect(other.replaceAll('8080', '3000')).toBe(plain)
  expect(other).toContain('EXPOSE 8080\n')
})

test('no text of a bento reaches the Dockerfile', async () => {
  const evil = 'x"\nRUN touch /pwn\n#'
  const bento = await bentoOf(files, { labels: { [evil]: evil }, description: evil, service: evil })
  const layers = await planLayers(bento.path, undefined)
  const dockerfile = await renderDockerfile(imageSettings(bento.manifest, { [evil]: evil }).port)
  expect(dockerfile).toBe(await renderDockerfile(3000))
  const chunks: Uint8Array[] = []
  const context = tarContext(dockerfile, layers, { time: new Date(0) })
  for await (const chunk of context) chunks.push(chunk)
  const paths = entriesOf(gzipSync(Buffer.concat(chunks))).map(({ path }) => path)
  expect(paths.slice(0, 4)).toEqual(['Dockerfile', 'layers/', 'layers/packages/', 'layers/models/'])
  expect(
    paths.filter((path) => !/^(Dockerfile$|layers\/(packages|models|code)?\/?)/.test(path)),
  ).toEqual([])
})
