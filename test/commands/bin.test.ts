import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { run, start } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { helloProject } from './hello-project.ts'

jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

test.each([
  [['get', 'iris'], 1],
  [['bild'], 2],
])('%j ends with %d', async (args, code) => {
  const cwd = await temporaryFolder()
  const running = run(process.execPath, [bin, ...args], { cwd, env: { BENTO_HOME: cwd } })
  await expect(running).rejects.toMatchObject({ code, stdout: '' })
})

test('the program prints its version', async () => {
  const version = run(process.execPath, [bin, '--version'], { cwd: tmpdir() })
  await expect(version).resolves.toMatch(/^bento \d+\.\d+\.\d+\n$/)
})

test('an old Node prints a sentence and ends with 1', async () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.20.4' })"
  const args = ['--import', `data:text/javascript,${pretend}`, bin, '--version']
  await expect(run(process.execPath, args, { cwd: tmpdir() })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('bento needs Node ^20.19.0 or >=22.13.0, and this is 18.20.4'),
  })
})

test('Ctrl-C ends what is under way with 130', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'service.ts'), 'await new Promise(() => setInterval(() => {}, 1000))\n')
  const env = { BENTO_HOME: join(cwd, 'home') }
  const building = start(process.execPath, [bin, 'build'], { cwd, env })
  await building.printed(/Describing the service/)
  expect(await building.interrupt()).toBe(130)
  expect(building.output()).toMatch(/INTERRUPTED: /)
})

test('a service that loops without end ends with the build that asked it', async () => {
  const cwd = await helloProject()
  const file = join(cwd, 'pid')
  const lines = [
    `import { writeFileSync } from 'node:fs'`,
    `writeFileSync(${JSON.stringify(file)}, String(process.pid))`,
    'for (;;) {}',
  ]
  await writeFile(join(cwd, 'service.ts'), `${lines.join('\n')}\n`)
  const env = { BENTO_HOME: join(cwd, 'home') }
  const building = start(process.execPath, [bin, 'build', '--no-check'], { cwd, env })
  const pid = await until(() => readFile(file, 'utf8').catch(() => ''))
  // To bento alone, as `timeout` and pipelines send it.
  building.signal('SIGINT')
  expect(await building.exited).toBe(130)
  await until(async () => !(await isRunning(pid)))
})

/** What has ended and was not yet waited for has no command line any more. */
async function isRunning(pid: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== ''
}

async function until<T>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    const seen = await look()
    if (seen) return seen
    await sleep(20)
  }
}

test('a reader that leaves early is not worth a word', async () => {
  const env = { BENTO_HOME: await temporaryFolder() }
  const line = `"${process.execPath}" "${bin}" list -o json | true; echo "\${PIPESTATUS[0]}"`
  await expect(run('bash', ['-c', line], { cwd: tmpdir(), env })).resolves.toBe('0\n')
})

test('a result that cannot be written is no success', async () => {
  const env = { BENTO_HOME: await temporaryFolder() }
  const line = `"${process.execPath}" "${bin}" list -o json 2>&1 >/dev/full; echo "$?"`
  const output = await run('bash', ['-c', line], { cwd: tmpdir(), env })
  expect(output).toMatch(/^STORE_FAILED: The disk is full: ENOSPC[^]*\n1\n$/)
})

test('a reader of what is said aside that leaves early does not end what is done', async () => {
  const cwd = await helloProject()
  const env = { BENTO_HOME: join(cwd, 'home') }
  const line = `"${process.execPath}" "${bin}" build -o tag 2> >(head -1 >/dev/null); echo "$?"`
  await expect(run('bash', ['-c', line], { cwd, env })).resolves.toMatch(/^hello:\w{16}\n0\n$/)
})

test('starting loads no package: each command brings its own', async () => {
  const seen = new Set<string>()
  const queue = [fileURLToPath(new URL('../../src/commands/entry.ts', import.meta.url))]
  const packages: string[] = []
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    const source = await readFile(file, 'utf8')
    // Types vanish, and dynamic imports wait.
    for (const [, name = ''] of source.matchAll(/^(?:import(?! type)|\}) .*from '([^']+)'$/gm)) {
      if (name.startsWith('.')) queue.push(join(dirname(file), name))
      else if (!name.startsWith('node:')) packages.push(name)
    }
  }
  expect(seen.size).toBeGreaterThan(8)
  expect(packages).toEqual([])
})
