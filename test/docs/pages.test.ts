import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { globSync } from 'tinyglobby'
import { run } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

// Whole pages are run, each command a process of its own.
jest.setTimeout(240_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))
const pages = globSync(['docs/**/*.md', 'llms.txt'], { cwd: repository }).toSorted()

test.each(pages)('every link of %s leads somewhere', (page) => {
  const text = readFileSync(join(repository, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
    (match) => match[1] ?? '',
  )
  const broken = links.filter((link) => !existsSync(resolve(repository, dirname(page), link)))
  expect(broken).toEqual([])
})

const runnable = pages.filter((page) => blocksOf(page).length > 0)

test('there are pages to run', () => {
  expect(runnable).toEqual([
    'docs/before-production.md',
    'docs/getting-started.md',
    'docs/models.md',
  ])
})

test.each(runnable)('what %s says to type works, in its order', async (page) => {
  const cwd = await folderForDocs()
  const script = ['set -e']
  for (const { file, text } of blocksOf(page)) {
    if (file === undefined) script.push(text)
    else await writeFile(join(cwd, file), text)
  }
  const env = { PATH: `${join(cwd, 'bin')}:${process.env['PATH']}`, BENTO_HOME: join(cwd, 'home') }
  await expect(run('bash', ['-c', script.join('\n')], { cwd, env })).resolves.not.toBe('')
})

interface Block {
  /** Where it is written; absent: it is typed. */
  readonly file: string | undefined
  readonly text: string
}

/** Fences whose first line says `runnable`, and a file's name where the block is one. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(repository, page), 'utf8')
  const fences = text.matchAll(/^```\w+ runnable(?: (\S+))?\n([\s\S]*?)^```$/gm)
  return [...fences].map(([, file, body = '']) => ({ file, text: body }))
}

/** `bento` on the path, the packages that `npm install` would bring, and a model of one's own. */
async function folderForDocs(): Promise<string> {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'bin'))
  await symlink(join(repository, 'bin', 'bento.js'), join(cwd, 'bin', 'bento'))
  await mkdir(join(cwd, 'node_modules'))
  for (const name of ['zod', 'onnxruntime-node', 'onnxruntime-common', 'typescript', '@types']) {
    await symlink(join(repository, 'node_modules', name), join(cwd, 'node_modules', name))
  }
  await symlink(repository, join(cwd, 'node_modules', 'bentojs'))
  // It pins what a build packs, from above the project.
  await cp(join(repository, 'package-lock.json'), join(cwd, 'package-lock.json'))
  await cp(
    join(repository, 'examples/iris/iris_classifier.onnx'),
    join(cwd, 'iris_classifier.onnx'),
  )
  return cwd
}
