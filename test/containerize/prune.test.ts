import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { dropScriptPackages } from '../../src/containerize/drop-script-packages.ts'
import { prunePackages } from '../../src/containerize/prune.ts'
import { listFiles } from '../../src/lib/files.ts'
import {
  hostPlatform,
  isSamePlatform,
  parsePlatform,
  renderPlatform,
} from '../../src/lib/platform.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function folderOf(
  paths: readonly string[],
  texts: Record<string, string> = {},
): Promise<string> {
  const folder = await temporaryFolder()
  for (const path of [...paths, ...Object.keys(texts)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), texts[path] ?? '')
  }
  return folder
}

async function pruned(paths: readonly string[], platform = 'linux/amd64'): Promise<string[]> {
  const folder = await folderOf(paths)
  await prunePackages(folder, parsePlatform(platform))
  return listFiles(folder)
}

const binaries = [
  'ort/bin/napi-v6/darwin/arm64/binding.node',
  'ort/bin/napi-v6/darwin/arm64/libonnxruntime.1.30.0.dylib',
  'ort/bin/napi-v6/linux/arm64/binding.node',
  'ort/bin/napi-v6/linux/x64/binding.node',
  'ort/bin/napi-v6/linux/x64/libonnxruntime.so.1',
  'ort/bin/napi-v6/win32/x64/binding.node',
]

test.each([
  ['linux/amd64', ['linux/x64/binding.node', 'linux/x64/libonnxruntime.so.1']],
  ['linux/arm64', ['linux/arm64/binding.node']],
])('keeps the binaries of %s', async (platform, kept) => {
  expect(await pruned(binaries, platform)).toEqual(kept.map((path) => `ort/bin/napi-v6/${path}`))
})

test('keeps one of the prebuilt binaries', async () => {
  const names = ['darwin-x64+arm64', 'linux-arm64', 'linux-x64', 'linux-x64-musl', 'win32-x64']
  const paths = names.map((name) => `pkg/prebuilds/${name}/addon.node`)
  expect(await pruned(paths)).toEqual(['pkg/prebuilds/linux-x64/addon.node'])
})

test.each([
  ['scripts that are named after a platform', 'pkg/lib/win32/index.js'],
  ['scripts beside a binary', 'pkg/darwin/index.js', 'pkg/darwin/addon.node'],
  ['folders with other names', 'pkg/windows/addon.node', 'pkg/linux-tools/addon.node'],
  ['licences', 'pkg/LICENSE.md', 'pkg/NOTICE.md'],
  ['what is run and read', 'pkg/index.js', 'pkg/data.json', 'pkg/package.json', 'pkg/types.ts'],
])('keeps %s', async (_, ...paths) => {
  expect(await pruned(paths)).toEqual(paths.toSorted())
})

test('takes away types, maps, documentation and the lock that npm leaves', async () => {
  const paths = [
    'a/index.d.ts',
    'a/index.d.cts',
    'a/index.js.map',
    'a/README.md',
    '.package-lock.json',
  ]
  expect(await pruned(['a/index.js', ...paths])).toEqual(['a/index.js'])
})

test('takes away packages that only an install script needs, and what only they need', async () => {
  const folder = await folderOf([], {
    'package.json': '{"dependencies":{"onnxruntime-node":"1","sharp":"1"}}',
    'node_modules/onnxruntime-node/package.json':
      '{"dependencies":{"adm-zip":"1","global-agent":"1","onnxruntime-common":"1"}}',
    'node_modules/onnxruntime-common/package.json': '{}',
    'node_modules/adm-zip/package.json': '{}',
    'node_modules/global-agent/package.json': '{"dependencies":{"roarr":"1","semver":"1"}}',
    'node_modules/roarr/package.json': '{}',
    'node_modules/semver/package.json': '{}',
    'node_modules/sharp/package.json':
      '{"dependencies":{"semver":"1"},"optionalDependencies":{"@img/sharp":"1"}}',
    'node_modules/@img/sharp/package.json': '{}',
  })
  await dropScriptPackages(folder)
  const left = (await listFiles(join(folder, 'node_modules'))).map((file) => dirname(file))
  expect(left).toEqual(['@img/sharp', 'onnxruntime-common', 'onnxruntime-node', 'semver', 'sharp'])
})

test('leaves packages alone where none is known to need others for its script only', async () => {
  const folder = await folderOf(['node_modules/a/index.js', 'node_modules/b/index.js'])
  await dropScriptPackages(folder)
  expect(await listFiles(folder)).toEqual(['node_modules/a/index.js', 'node_modules/b/index.js'])
})

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
])('reads the platform %s as %s', (text, expected) => {
  expect(renderPlatform(parsePlatform(text))).toBe(expected)
})

test('knows the platform of this machine by what Node calls its processor', () => {
  expect(renderPlatform(hostPlatform('x64'))).toBe('linux/amd64')
  expect(renderPlatform(hostPlatform('arm64'))).toBe('linux/arm64')
})

test('takes arm64 with and without its variant for the same', () => {
  const plain = parsePlatform('linux/arm64')
  expect(isSamePlatform(plain, { ...plain, variant: 'v8' })).toBe(true)
  expect(isSamePlatform(plain, parsePlatform('linux/amd64'))).toBe(false)
})
