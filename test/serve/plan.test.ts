import { expect, test } from '@jest/globals'
import { planThreads, renderPlan } from '../../src/serve/plan.ts'

const asked = { workers: 1, threads: undefined, maxConcurrency: undefined } as const

test.each([
  [{ cpus: 1 }, { workers: 1, runners: 1, intraOpThreads: 1 }],
  [{ cpus: 0.5 }, { workers: 1, runners: 1, intraOpThreads: 1 }],
  [{ cpus: 2 }, { workers: 1, runners: 1, intraOpThreads: 1 }],
  [{ cpus: 4 }, { workers: 1, runners: 3, intraOpThreads: 1 }],
  [{ cpus: 16 }, { workers: 1, runners: 4, intraOpThreads: 3 }],
  [
    { cpus: 16, workers: 4 },
    { workers: 4, runners: 3, intraOpThreads: 1 },
  ],
  [
    { cpus: 4, workers: 'cpu_count' },
    { workers: 4, runners: 1, intraOpThreads: 1 },
  ],
  [
    { cpus: 16, threads: 2 },
    { workers: 1, runners: 2, intraOpThreads: 7 },
  ],
  [
    { cpus: 8, workers: 4, maxConcurrency: 2 },
    { workers: 2, runners: 3, intraOpThreads: 1 },
  ],
] as const)('plans %j within the quota', (input, expected) => {
  const plan = planThreads({ ...asked, ...input })
  expect(plan).toMatchObject(expected)
  expect(plan.workers * plan.runners * plan.intraOpThreads).toBeLessThanOrEqual(plan.cpus)
})

test('prints the plan in words', () => {
  expect(renderPlan({ cpus: 4, workers: 1, runners: 3, intraOpThreads: 1 })).toBe(
    '1 worker × 3 runner threads × 1 thread a run, on 4 CPUs',
  )
})
