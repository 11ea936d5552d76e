import { lstat, mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { SourcePatterns } from '../../src/build/source-filter.ts'
import { copySources, listSources } from '../../src/build/sources.ts'
import { createProject, errorOf } from './project.ts'

const everything = { include: ['**/*'], exclude: [] }
const report = (): void => undefined

async function pathsOf(context: string, patterns: SourcePatterns): Promise<string[]> {
  return (await listSources(context, patterns)).map(({ path }) => path)
}

const files = {
  'service.ts': 'a',
  'lib/score.ts': 'b',
  'lib/dist/x.js': 'c',
  'data/a.csv': 'd',
  'data/deep/b.csv': 'e',
  '.hidden': 'f',
  '.env': 'secret',
  '.env.local': 'secret',
  'lib/.env': 'secret',
  '.npmrc': 'secret',
  '.git/config': 'secret',
  'node_modules/x/index.js': 'g',
  'lib/node_modules/y/index.js': 'h',
  'dist/out.js': 'i',
  '.bento/serve-1-1/x': 'j',
  'old.bento': 'k',
}

test.each<[string, { include: string[]; exclude: string[] }, string[]]>([
  [
    'everything but what is never taken',
    everything,
    ['.hidden', 'data/a.csv', 'data/deep/b.csv', 'lib/score.ts', 'service.ts'],
  ],
  ['a name at any depth', { include: ['*.ts'], exclude: [] }, ['lib/score.ts', 'service.ts']],
  ['a whole folder', { include: ['data/'], exclude: [] }, ['data/a.csv', 'data/deep/b.csv']],
  ['what is anchored at the root', { include: ['/*.ts'], exclude: [] }, ['service.ts']],
  [
    'what is not excluded',
    { include: ['**/*'], exclude: ['data/', '.*'] },
    ['lib/score.ts', 'service.ts'],
  ],
  ['a negation within one list', { include: ['*.csv', '!b.csv'], exclude: [] }, ['data/a.csv']],
  [
    'no secret, whatever the lists say',
    { include: ['.env', '!x'], exclude: ['!.env', '!.git/'] },
    [],
  ],
])('takes %s', async (_, patterns, expected) => {
  const context = await createProject(files, [])
  expect(await pathsOf(context, patterns)).toEqual(expected)
})

test('takes nothing of a store in the project', async () => {
  const context = await createProject({ 'service.ts': '', 'store/models/x/y': '', stored: '' }, [])
  const before = process.env['BENTO_HOME']
  process.env['BENTO_HOME'] = join(context, 'store')
  try {
    expect(await pathsOf(context, everything)).toEqual(['service.ts', 'stored'])
  } finally {
    if (before === undefined) delete process.env['BENTO_HOME']
    else process.env['BENTO_HOME'] = before
  }
})

test('refuses a link to a file outside', async () => {
  const context = await createProject({ 'service.ts': '' }, [])
  await symlink('/etc/hostname', join(context, 'key.pem'))
  expect(await errorOf(pathsOf(context, everything))).toMatchInlineSnapshot(`
{
  "cause": undefined,
  "code": "LINK_REFUSED",
  "hint": "Replace it by a copy of what it stands for, or name it in .bentoignore.",
  "message": ""key.pem" links to "/etc/hostname", which is outside of the project",
}
`)
  expect(await pathsOf(context, { ...everything, exclude: ['*.pem'] })).toEqual(['service.ts'])
})

test('takes what links within the project lead to, by the name of the link', async () => {
  const context = await createProject({ 'service.ts': 'a', 'v1/x.txt': 'b', 'v1/.env': 'c' }, [])
  await symlink('v1', join(context, 'latest'))
  await symlink('../service.ts', join(context, 'v1/main.ts'))
  const target = join(context, '../out')
  await copySources(context, target, { patterns: everything, report })
  expect((await readdir(target, { recursive: true })).toSorted()).toEqual([
    'latest',
    'latest/main.ts',
    'latest/x.txt',
    'service.ts',
    'v1',
    'v1/main.ts',
    'v1/x.txt',
  ])
  expect(await readFile(join(target, 'latest/main.ts'), 'utf8')).toBe('a')
  expect((await lstat(join(target, 'latest'))).isSymbolicLink()).toBe(false)
})

test.each([
  ['a secret', '.env', '".env", which is kept out'],
  ['packages', 'node_modules', '"node_modules", which is kept out'],
  ['the project', '.', '"<project>", which it lies in'],
  ['a folder that links back', 'a', '"<project>/a", which it lies in'],
  ['nothing', 'gone', 'nothing'],
])('refuses a link to %s, but where no pattern takes it', async (_, to, problem) => {
  const context = await createProject({ '.env': 'secret', 'node_modules/x/y': '', 'a/b/c': '' }, [])
  await symlink(to === 'a' ? '..' : '../../b', join(context, 'a/b/up'))
  await symlink(to, join(context, 'odd'))
  const error = await errorOf(
    pathsOf(context, { ...everything, exclude: to === 'a' ? [] : ['up'] }),
  )
  expect(error).toMatchObject({
    code: 'LINK_REFUSED',
    message: expect.stringContaining(` links to ${problem.replace('<project>', context)}`),
  })
  expect(await pathsOf(context, { include: ['/a/b/c'], exclude: [] })).toEqual(['a/b/c'])
})

test('refuses a link to a folder outside', async () => {
  const context = await createProject({ 'service.ts': '' }, [])
  await symlink('/etc', join(context, 'linked'))
  expect(await errorOf(pathsOf(context, everything))).toMatchObject({ code: 'LINK_REFUSED' })
  await expect(
    copySources(context, join(context, '../out'), { patterns: everything, report }),
  ).rejects.toMatchObject({
    code: 'LINK_REFUSED',
  })
})

test('a linked node_modules does no harm', async () => {
  const context = await createProject({ 'service.ts': '' }, [])
  await symlink(await mkdtemp(join(context, '../modules-')), join(context, 'node_modules'))
  expect(await pathsOf(context, everything)).toEqual(['service.ts'])
})

test('copies what it lists', async () => {
  const context = await createProject(files, [])
  const target = join(context, '../out')
  await mkdir(target)
  await writeFile(join(target, 'kept'), '')
  await copySources(context, target, { patterns: { include: ['*.ts'], exclude: [] }, report })
  expect((await readdir(target, { recursive: true })).toSorted()).toEqual([
    'kept',
    'lib',
    'lib/score.ts',
    'service.ts',
  ])
  expect(await readFile(join(target, 'lib/score.ts'), 'utf8')).toBe('b')
})

test('.bentoignore of every folder holds there and below, as .gitignore does', async () => {
  const context = await createProject(
    {
      '.bentoignore': '# notes of ours\n*.md\n!keep.md\n/only-here.txt\nbuild/\n',
      'keep.md': '',
      'notes.md': '',
      'only-here.txt': '',
      'build/x.ts': '',
      'data/.bentoignore': '/raw/\n*.csv\n!important.csv\n!notes.md\n',
      'data/raw/a.json': '',
      'data/a.csv': '',
      'data/important.csv': '',
      'data/notes.md': '',
      'data/only-here.txt': '',
      'data/deep/raw/b.json': '',
      'data/deep/b.csv': '',
    },
    [],
  )
  expect(await pathsOf(context, everything)).toEqual([
    '.bentoignore',
    'data/.bentoignore',
    'data/deep/raw/b.json',
    'data/important.csv',
    'data/only-here.txt',
    'keep.md',
  ])
})

test('warns of a file that is large for a source', async () => {
  const context = await createProject({ 'service.ts': '' }, [])
  await writeFile(join(context, 'weights.bin'), Buffer.alloc((10 << 20) + 1))
  const lines: string[] = []
  const options = { patterns: everything, report: (line: string) => lines.push(line) }
  await copySources(context, join(context, '../out'), options)
  expect(lines).toEqual([
    'warning: "weights.bin" adds 10 MB; keep it out with .bentoignore if it is no source',
  ])
})
