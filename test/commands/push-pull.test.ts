import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { cwdWithBentos } from './fill-store.ts'
import { runBento } from './run-bento.ts'

async function pushed(): Promise<{ cwd: string; url: string; tag: string }> {
  const cwd = await cwdWithBentos(['iris:v1'])
  const tag = 'iris:v1'
  return { cwd, tag, url: `file://${join(await temporaryFolder(), 'remote')}` }
}

test('what one home pushes, another pulls', async () => {
  const { cwd, tag, url } = await pushed()
  const push = await runBento(`push ${tag} ${url}`, { cwd })
  const version = tag.split(':')[1] ?? ''
  expect(push.stdout).toBe(`Pushed ${tag} to ${url}:${version}\nPushed ${tag} to ${url}:latest\n`)
  expect(push.stderr).toMatch(/^Pushed 2 of 2 files, .* MB\nDigest: sha256:[0-9a-f]{64}\n$/m)
  const pull = await runBento(`pull ${url}`)
  expect(pull.stdout).toBe(`Pulled ${tag}\n`)
  expect(pull.stderr).toContain(`Serve it with \`bento serve ${tag}\`.\n`)
})

test('prints an address, a tag or one JSON value when asked', async () => {
  const { cwd, tag, url } = await pushed()
  expect((await runBento(`push ${tag} ${url}:v9 -o tag`, { cwd })).stdout).toBe(`${url}:v9\n`)
  const { stdout } = await runBento(`push ${tag} ${url}:v9 -o json -q`, { cwd })
  expect(JSON.parse(stdout)).toEqual({
    tag,
    urls: [`${url}:v9`],
    digest: expect.stringMatching(/^sha256:/),
    sent: 0,
  })
  expect((await runBento(`pull ${url}:v9 -o tag`)).stdout).toBe(`${tag}\n`)
  const pulled: unknown = JSON.parse((await runBento(`pull ${url}:v9 -o json`)).stdout)
  expect(pulled).toMatchObject({ tag })
})

test('export and import take the same addresses', async () => {
  const { cwd, tag, url } = await pushed()
  const { stdout } = await runBento(`export ${tag} ${url}:v1`, { cwd })
  expect(stdout).toBe(`Pushed ${tag} to ${url}:v1\n`)
  expect((await runBento(`import ${url}:v1`)).stdout).toBe(`Pulled ${tag}\n`)
})

test('a bento is no model, and an address that is none says how one is written', async () => {
  const { cwd, tag, url } = await pushed()
  await runBento(`push ${tag} ${url}`, { cwd })
  const model = await runBento(`models pull ${url}`)
  expect(model.code).toBe(1)
  expect(model.stderr).toMatch(/^ARCHIVE_INVALID: ".*:latest" holds no model of bento$/m)
  const wrong = await runBento(`push ${tag} ftp://host/x`, { cwd })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('"ftp://host/x" does not begin with oci://, file:// or s3://')
})
