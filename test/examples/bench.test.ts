import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { run } from '../processes.ts'

const cwd = fileURLToPath(new URL('../..', import.meta.url))
const quick = ['--seconds', '1', '--rounds', '1', '--idle-seconds', '1', '--connections', '4']

test('the benchmark prints one JSON object with the figures of each row', async () => {
  const text = await bench('--only', 'echo', '--json', ...quick)
  expect(text.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(text)).toMatchObject({
    options: { rounds: 1, seconds: 1, connections: 4 },
    rows: [{ name: 'echo', cpuRatioToEcho: 1, rounds: [{ failed: 0 }] }],
  })
}, 60_000)

test('the benchmark refuses a row that does not exist and names those that do', async () => {
  await expect(bench('--only', 'ecko')).rejects.toThrow(/"ecko"[^]*Rows: echo, iris, mlp/)
})

function bench(...args: string[]): Promise<string> {
  return run(process.execPath, [join('bench', 'main.mjs'), ...args], { cwd })
}
