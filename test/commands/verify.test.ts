import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { createProject } from '../build/project.ts'
import { runBento } from './run-bento.ts'

// Real servers.
jest.setTimeout(60_000)

function serviceWith(factor: number): string {
  return `import { api, service } from 'bentojs'
import { z } from 'zod'

@service()
export class Scaler {
  @api({ input: { x: z.array(z.number()) }, output: z.object({ scaled: z.array(z.number()) }) })
  scale({ x }: { x: number[] }) {
    return { scaled: x.map((value) => value * ${factor}) }
  }
}
`
}

test('passes what is near, names each field that drifted, and exits with 1', async () => {
  const cwd = await createProject({
    'package.json': '{ "type": "module" }',
    'service.ts': serviceWith(2),
    'rows.jsonl': '{"x":[1,2]}\n{"x":[]}\n{"x":"none"}\n',
  })
  const recorded = await runBento('verify --record --data rows.jsonl', { cwd })
  expect(recorded.code).toBe(0)
  expect(recorded.stdout).toBe('Recorded 3 answers in <cwd>/golden.json\n')
  const asJson = await runBento('verify --record --data rows.jsonl -o json', { cwd })
  expect(JSON.parse(asJson.stdout)).toEqual({ recorded: 3, golden: '<cwd>/golden.json' })
  expect(recorded.stderr).toContain('Warning: /scale answered 400 to {"x":"none"}')
  const golden = JSON.parse(await readFile(join(cwd, 'golden.json'), 'utf8')) as unknown
  expect(golden).toMatchObject({ pairs: [{ answer: { scaled: [2, 4] } }, {}, { status: 400 }] })

  await writeFile(join(cwd, 'service.ts'), serviceWith(2.000001))
  const near = await runBento('verify', { cwd })
  expect(near).toMatchObject({ code: 0, stdout: 'All 3 answers are as they were\n' })

  await writeFile(join(cwd, 'service.ts'), serviceWith(2.5))
  const far = await runBento('verify', { cwd })
  expect(far.code).toBe(1)
  expect(far.stdout).toBe(
    '/scale, pair 1: scaled[0] was 2, is 2.5\n/scale, pair 1: scaled[1] was 4, is 5\n',
  )
  const json = await runBento('verify --tolerance 0.3 -o json', { cwd })
  expect(JSON.parse(json.stdout)).toEqual({ pairs: 3, drifted: [] })
})

test.each([
  ['verify', 'FILE_NOT_FOUND: '],
  ['verify --tolerance much', 'USAGE: --tolerance takes a number'],
  ['verify --record http://127.0.0.1:1', 'SERVICE_UNREACHABLE: '],
])('refuses "%s"', async (line, start) => {
  const { code, stderr } = await runBento(line)
  expect(code).toBeGreaterThan(0)
  expect(stderr.startsWith(start)).toBe(true)
})
