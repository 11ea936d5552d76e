import { beforeAll, expect, test } from '@jest/globals'
import { buildProbe, type ProbeServer, startProbe, wait } from './probe.ts'
import { type Outcome, RawClient } from './raw-client.ts'

let path = ''
beforeAll(async () => {
  path = await buildProbe()
})

/** When the signal comes, and what is under way then; what a whole answer says. */
const moments = [
  {
    name: 'while models load',
    startupMs: 400,
    load: ['/pid', {}],
    whole: /^\d+$/,
    ready: false,
  },
  {
    name: 'with calls under way',
    startupMs: 0,
    load: ['/slow', { ms: 150 }],
    whole: /^\d+$/,
    ready: true,
  },
  {
    name: 'with a batch half full',
    startupMs: 0,
    load: ['/double', { xs: [1, 2, 3] }],
    whole: /^\[2(\.0)?,4(\.0)?,6(\.0)?\]$/,
    ready: true,
  },
  {
    name: 'with streams open',
    startupMs: 0,
    load: ['/tell', { ms: 300 }],
    whole: /^part 0\n[^]*part 4\nend$/,
    ready: true,
  },
  {
    name: 'between short calls',
    startupMs: 0,
    load: ['/pid', {}],
    whole: /^\d+$/,
    ready: true,
  },
] as const

const rounds = 50
const clients = 12

test.each(moments.map((moment, index) => ({ ...moment, index })))(
  'loses nothing at SIGTERM $name',
  async ({ index, ...moment }) => {
    for (let round = index; round < rounds; round += moments.length) {
      const probe = await startProbe(path, {
        options: { workers: 1 + (round % 2) },
        env: { STARTUP_MS: String(moment.startupMs) },
      })
      await (moment.ready ? probe.ready : untilBound(probe))
      const outcomes = await drainUnderLoad(probe, moment.load, (round * 37) % 300)
      const lost = outcomes.filter(({ kind }) => kind === 'lost')
      const failed = outcomes.filter((each) => isBroken(each, moment.whole))
      expect({ round, lost, failed }).toEqual({ round, lost: [], failed: [] })
      expect(outcomes.length).toBeGreaterThan(clients)
      expect(await probe.server.exited).toBe(0)
    }
  },
)

function isBroken(outcome: Outcome, whole: RegExp): boolean {
  return outcome.kind === 'answered' && !(outcome.status === 200 && whole.test(outcome.body))
}

/** All that happened to requests until nobody took any more. */
async function drainUnderLoad(
  { port, server }: ProbeServer,
  [route, input]: readonly [string, object],
  delayMs: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const run = async (index: number): Promise<void> => {
    const client = new RawClient(port)
    await wait(index)
    for (;;) {
      const outcome = await client.post(route, input)
      outcomes.push(outcome)
      if (outcome.kind !== 'answered') return client.close()
      // Some think between their requests, so that a connection is idle when it is to be closed.
      if (index % 3 === 0) await wait(index * 3)
    }
  }
  const loops = Array.from({ length: clients }, (_, index) => run(index))
  await wait(delayMs)
  server.signal('SIGTERM')
  await Promise.all(loops)
  return outcomes
}

async function untilBound({ server }: ProbeServer): Promise<void> {
  // Printed once the port is bound, and long before the service is ready.
  await server.printed(/Plan:/)
}
