import { BentoError } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { type Budget, parseBudgets } from '../load/budgets.ts'
import { parseDuration } from '../load/duration.ts'
import { createReport, describeShape, type Report, toJson } from '../load/report.ts'
import { type LoadShape, runLoad } from '../load/run-load.ts'
import { seededRandom } from '../load/seeded-random.ts'
import { openSender } from '../load/sender.ts'
import { readUsage, type Usage } from '../load/usage.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { renderCount } from './format.ts'
import type { Output } from './output.ts'
import { readBodies } from './read-bodies.ts'
import { findRequest } from './requests.ts'
import { type Access, openService, type RunningService } from './running-service.ts'
import { readTls, tlsFlags } from './tls-flags.ts'

export const benchCommand = defineCommand({
  summary: 'Put load on a service and measure how it answers',
  description:
    'Requests leave when they are due, whether or not others are answered (--connections: each waits for\nthe one before), and a latency counts from when a request should have left.',
  positionals: {
    target: {
      description: 'Project, service, bento or the URL of a running service (default: this folder)',
      optional: true,
      completes: 'targets',
    },
  },
  flags: {
    model: {
      type: 'text',
      metavar: 'MODEL',
      description: 'Measure this model alone: a tag of the store, or a file',
    },
    endpoint: {
      type: 'text',
      metavar: 'ROUTE',
      description: 'Method to call (default: the first)',
    },
    data: {
      type: 'text',
      metavar: 'FILE',
      description: "JSON values to send (default: the model's sample, else an example)",
    },
    header: { type: 'pairs', description: 'Header to send' },
    ...tlsFlags,
    rate: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 1_000_000,
      description: 'Requests a second (default 100)',
    },
    connections: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 10_000,
      description: 'Callers that each wait for their answer, instead of a rate',
    },
    duration: {
      type: 'text',
      metavar: 'TIME',
      description: 'How long to measure (default 10s)',
    },
    warmUp: {
      type: 'text',
      metavar: 'TIME',
      description: 'How long to warm up before (default 2s)',
    },
    assert: {
      type: 'list',
      metavar: 'BUDGETS',
      description: 'Exit with 1 unless these hold',
    },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['text', 'json', 'html', 'junit'],
      default: 'text',
      description: 'Form of the report',
    },
  },
  examples: [
    'bento bench',
    'bento bench iris_classifier:latest --rate 500 --duration 30s',
    "bento bench http://127.0.0.1:3000 --connections 8 --assert 'p99<20ms, errors=0'",
    'bento bench --model fraud_detector:latest --endpoint predict_proba',
    "bento bench --assert 'cpu<200us, rss<150MB, start<2s' -o junit",
  ],
  async run({ args, flags }, session) {
    const shape = shapeOf(flags.rate, flags.connections)
    const budgets = flags.assert.flatMap(parseBudgets)
    const times = {
      durationMs: parseDuration(flags.duration ?? '10s'),
      warmUpMs: parseDuration(flags.warmUp ?? '2s'),
    }
    const texts = flags.data === undefined ? undefined : await readBodies(flags.data, session)
    const wanted = { target: args.target, model: flags.model }
    const access = { headers: flags.header, tls: await readTls(flags, session) }
    const service = await openService(wanted, session, access)
    try {
      const { endpoint } = flags
      const report = await measure(
        {
          name: flags.model ?? args.target ?? '.',
          service,
          shape,
          budgets,
          endpoint,
          texts,
          access,
          ...times,
        },
        session,
      )
      await print(report, flags.output, session.out)
      return report.judged.some(({ isKept }) => !isKept) ? 1 : 0
    } finally {
      session.out.settle()
      await service.close()
    }
  },
})

function shapeOf(rate: number | undefined, connections: number | undefined): LoadShape {
  if (connections === undefined) return { type: 'open', rate: rate ?? 100 }
  if (rate === undefined) return { type: 'closed', connections }
  throw new BentoError('USAGE', '--rate and --connections exclude each other', {
    hint: 'Leave one of them out.',
  })
}

interface Measurement {
  readonly name: string
  readonly service: RunningService
  readonly shape: LoadShape
  readonly budgets: readonly Budget[]
  readonly endpoint: string | undefined
  readonly texts: readonly string[] | undefined
  readonly access: Access
  readonly durationMs: number
  readonly warmUpMs: number
}

async function measure(given: Measurement, { out, onSignal }: Session): Promise<Report> {
  const { service, shape, budgets, durationMs, warmUpMs } = given
  const { url, server } = service
  const access = { ...given.access, url }
  const request = await findRequest({ ...service, ...access }, given.endpoint, given.texts)
  if (request.model !== undefined) {
    out.say(`Sending ${renderCount(request.bodies.length, 'row')} stored with ${request.model}`)
  }
  const sender = openSender({ ...access, ...request, timeoutMs: 30_000 })
  const usage: (Usage | undefined)[] = []
  const stop = new AbortController()
  const giveBack = onSignal(() => stop.abort())
  out.step(`Warming up ${request.route}`)
  const load = await runLoad({
    shape,
    durationMs,
    warmUpMs,
    clock: systemClock,
    random: seededRandom(1),
    send: () => sender.send(),
    signal: stop.signal,
    async onMeasure(state) {
      if (state === 'begins') out.step(`Measuring ${request.route}: ${describeShape(shape)}`)
      if (server) usage.push(await readUsage(server.pid))
    },
  }).finally(() => giveBack())
  await sender.close()
  if (stop.signal.aborted) throw new BentoError('INTERRUPTED', 'Stopped before it was done')
  const title = `${request.route} of ${given.name}`
  return createReport({
    title,
    shape,
    load,
    budgets,
    server: server && { ...server, ...used(usage) },
  })
}

function used([before, after]: readonly (Usage | undefined)[]): {
  cpuMicros: number | undefined
  rssBytes: number | undefined
} {
  const cpuMicros = before && after && after.cpuMicros - before.cpuMicros
  return { cpuMicros, rssBytes: after?.rssBytes }
}

async function print(
  report: Report,
  form: 'text' | 'json' | 'html' | 'junit',
  out: Output,
): Promise<void> {
  out.settle()
  switch (form) {
    case 'json':
      return out.json(toJson(report))
    case 'html':
      return out.result((await import('../load/render-html.ts')).renderHtml(report))
    case 'junit':
      return out.result((await import('../load/render-junit.ts')).renderJunit(report))
    case 'text':
      return out.result((await import('../load/render-text.ts')).renderText(report))
  }
}
