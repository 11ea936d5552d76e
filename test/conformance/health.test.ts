import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Served, serveTwin } from './served.ts'

const source = `
import { api, isAlive, isReady, service } from 'bentojs'
import { z } from 'zod'

const Mood = z.enum(['well', 'bad', 'broken'])

@service({ metrics: { port: 0 } })
export class Moody {
  alive = 'well'
  ready = 'well'

  @isAlive
  lives() {
    return this.judge(this.alive)
  }

  @isReady
  async serves() {
    return this.judge(this.ready)
  }

  judge(mood: string) {
    if (mood === 'broken') throw new Error('the password is 1234')
    return mood === 'well'
  }

  @api({ input: { alive: Mood.default('well'), ready: Mood.default('well') }, output: z.null() })
  feel({ alive, ready }: { alive: string; ready: string }) {
    this.alive = alive
    this.ready = ready
    return null
  }
}
`

let served: Served
let probes: string

beforeAll(async () => {
  served = await serveTwin(source)
  ;[, probes = ''] = await served.server.printed(/Probes and metrics on (http:\S+)/)
}, 30_000)

afterAll(() => served.server.interrupt())

async function feel(moods: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(moods)
  expect((await fetch(`${served.url}/feel`, { method: 'POST', headers, body })).status).toBe(200)
}

async function probe(url: string): Promise<Record<string, unknown>> {
  const answers = await Promise.all(
    ['/livez', '/healthz', '/readyz'].map(async (path) => {
      const response = await fetch(url + path)
      const text = await response.text()
      return [path, response.status === 200 ? text : (JSON.parse(text) as unknown)] as const
    }),
  )
  return Object.fromEntries(answers)
}

const well = { '/livez': '\n', '/healthz': '\n', '/readyz': '\n' }
const dead = { error: 'The service is dead: its method "lives" says so', code: 'NOT_ALIVE' }
const busy = { error: 'The service is not ready: its method "serves" says so', code: 'NOT_READY' }

// BentoML: "Service is dead because .__is_alive__() returns False." as text; an error is always { error, code }.
test.each([
  ['nothing is wrong', {}, well],
  ['it cannot serve now', { ready: 'bad' }, { ...well, '/readyz': busy }],
  ['it is dead', { alive: 'bad' }, { '/livez': dead, '/healthz': dead, '/readyz': '\n' }],
  ['a check fails', { ready: 'broken' }, { ...well, '/readyz': busy }],
])('case 51: says to probes that %s', async (_what, moods, answers) => {
  await feel(moods)
  expect(await probe(served.url)).toEqual(answers)
  // The supervisor hears of it with the next beats.
  const endsAt = performance.now() + 5000
  let heard = await probe(probes)
  while (JSON.stringify(heard) !== JSON.stringify(answers) && performance.now() < endsAt) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    heard = await probe(probes)
  }
  expect(heard).toEqual(answers)
})

test('case 51: only the log says why a check failed', async () => {
  await feel({ alive: 'broken' })
  expect(JSON.stringify(await probe(served.url))).not.toContain('1234')
  await served.server.printed(/the password is 1234[^\n]*The check \\"lives\\" failed/)
})
