import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

// A real server, and a second of load.
jest.setTimeout(60_000)

const short = ['--rate', '50', '--duration', '1s', '--warm-up', '200ms']

test('starts a project, measures it and its process, and keeps its budgets', async () => {
  const cwd = await helloProject()
  const budgets = 'errors=0, cpu<1s, rss<2GB, start<60s, rate>5'
  const { code, stdout, stderr } = await runBento(['bench', ...short, '--assert', budgets], { cwd })
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Warming up /greet'),
  })
  expect(stdout).toContain('/greet of .\nopen loop, 50 requests a second, 1 s')
  expect(stdout.match(/✔/g)).toHaveLength(5)
})

test('exits with 1 when a budget is broken, and says which as JUnit', async () => {
  const cwd = await helloProject()
  const line = [
    'bench',
    '--connections',
    '2',
    ...short.slice(2),
    '--assert',
    'p99<1us',
    '-o',
    'junit',
  ]
  const { code, stdout } = await runBento(line, { cwd })
  expect(code).toBe(1)
  expect(stdout).toMatch(/<failure message="p99 is .* ms"\/>/)
})

test.each([
  [['bench', '--rate', '1', '--connections', '1'], 'USAGE: --rate and --connections exclude'],
  [['bench', '--assert', 'p99<fast'], 'USAGE: "p99<fast" is no budget'],
  [['bench', '--duration', 'long'], 'USAGE: "long" is no time'],
  [['bench', '--data', 'nowhere.json'], 'FILE_NOT_FOUND: '],
  [['bench', 'http://127.0.0.1:1'], 'SERVICE_UNREACHABLE: Nothing answers at "http://127.0.0.1:1"'],
])('refuses %j', async (line, start) => {
  const { code, stderr } = await runBento(line)
  expect(code).toBeGreaterThan(0)
  expect(stderr.startsWith(start)).toBe(true)
})

test('says which line of the data is not JSON', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'data.jsonl'), '{"a":1}\nnope\n')
  const { code, stderr } = await runBento('bench --data data.jsonl', { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('Line 2 of "<cwd>/data.jsonl" is not JSON')
})

test('names the method that was probably meant', async () => {
  const cwd = await helloProject()
  const { code, stderr } = await runBento('bench --endpoint gret', { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('Did you mean /greet?')
})
