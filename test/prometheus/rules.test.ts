import { spawnSync } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { renderMetrics } from '../../src/serve/observe/render-metrics.ts'
import { describeWith, missing } from '../describe-with.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const rules = fileURLToPath(new URL('../../templates/prometheus/bento.rules.yml', import.meta.url))
const cases = fileURLToPath(new URL('bento.test.yml', import.meta.url))

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[]
}

async function readText(): Promise<string> {
  return readFile(rules, 'utf8')
}

test('asks only for metrics that there are', async () => {
  const asked = new Set((await readText()).match(/\bbentoml_\w+/g))
  const buckets = { durationSeconds: [1], batchRows: [1] }
  const text = await renderMetrics({ namespace: 'bentoml', labels: {}, buckets, series: [] })
  const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  expect(asked.size).toBeGreaterThan(5)
  expect([...asked].filter((name) => !known.has(name.replace(/_bucket$/, '')))).toEqual([])
})

test('tries each of them', async () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because promtool checks its form
  const { groups } = parse(await readText()) as Rules
  const names = groups.flatMap((group) => group.rules.map(({ alert }) => alert))
  const tried = await readFile(cases, 'utf8')
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => !tried.includes(name))).toEqual([])
})

// Debian's package `prometheus` has it; .ci/run installs that.
describeWith('promtool', await missing('promtool'), () => {
  test.each([
    ['check', 'bento.rules.yml'],
    ['test', 'bento.test.yml'],
  ])('promtool %s rules %s', async (verb, file) => {
    const cwd = await temporaryFolder()
    await copyFile(rules, join(cwd, 'bento.rules.yml'))
    await copyFile(cases, join(cwd, 'bento.test.yml'))
    const { status, stdout } = spawnSync('promtool', [verb, 'rules', file], {
      cwd,
      encoding: 'utf8',
    })
    expect({ status, stdout }).toMatchObject({ status: 0 })
  })
})
