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

test('counts large weights once where all runners map them', () => {
  const large = { ...asked, cpus: 4, workers: 'cpu_count', memoryBytes: 8 * 2 ** 30 } as const
  const plan = planThreads({ ...large, sharedBytes: 3 * 2 ** 30 })
  expect(plan).toEqual({ cpus: 4, workers: 4, runners: 1, intraOpThreads: 1, sharesWeights: true })
  expect(renderPlan(plan)).toBe(
    '4 workers × 1 runner thread × 1 thread a run, on 4 CPUs, large weights once for all',
  )
  expect(planThreads({ ...large, modelBytes: 3 * 2 ** 30 })).toMatchObject({ workers: 2 })
  const alone = planThreads({ ...large, workers: 1, cpus: 1, sharedBytes: 3 * 2 ** 30 })
  expect(alone).not.toHaveProperty('sharesWeights')
})

test('prints the plan in words', () => {
  expect(renderPlan({ cpus: 4, workers: 1, runners: 3, intraOpThreads: 1 })).toBe(
    '1 worker × 3 runner threads × 1 thread a run, on 4 CPUs',
  )
})

const gibibyte = 2 ** 30

test.each([
  // One copy of the weights for each runner thread of each worker.
  [{ cpus: 4, workers: 'cpu_count', modelBytes: gibibyte }, 16, 4, undefined],
  [
    { cpus: 4, workers: 'cpu_count', modelBytes: 2 * gibibyte },
    8,
    3,
    'for 4 workers it needs about 8.4 GiB of 8.0 GiB of memory',
  ],
  [
    { cpus: 2, workers: 'cpu_count', modelBytes: 9 * gibibyte },
    8,
    1,
    'for 2 workers it needs about 18.2 GiB of 8.0 GiB of memory',
  ],
  [
    { cpus: 2, workers: 2, modelBytes: 5 * gibibyte },
    8,
    2,
    'needs about 10.2 GiB of 8.0 GiB of memory: it may run out',
  ],
] as const)('plans %j in %i GiB for %i workers', (input, memory, ...expected) => {
  const { workers, note } = planThreads({ ...asked, ...input, memoryBytes: memory * gibibyte })
  expect([workers, note]).toEqual(expected)
})

test('says in its print what it gave up', () => {
  const plan = { cpus: 2, workers: 1, runners: 1, intraOpThreads: 1, note: 'needs more' }
  expect(renderPlan(plan)).toBe(
    '1 worker × 1 runner thread × 1 thread a run, on 2 CPUs; needs more',
  )
})
