import { type Judged, judge, type Measured, type Budget } from './budgets.ts'
import type { LoadResult, LoadShape } from './run-load.ts'

/** Everything that is known of one run. */
export interface Report {
  readonly title: string
  readonly shape: LoadShape
  readonly load: LoadResult
  readonly measured: Measured
  readonly judged: readonly Judged[]
}

export interface ReportInput {
  readonly title: string
  readonly shape: LoadShape
  readonly load: LoadResult
  readonly budgets: readonly Budget[]
  /** What the server used; undefined for one that is not ours. */
  readonly server:
    | {
        readonly startMs: number
        readonly cpuMicros: number | undefined
        readonly rssBytes: number | undefined
      }
    | undefined
}

export function createReport({ title, shape, load, budgets, server }: ReportInput): Report {
  const measured = measuredOf(load, server)
  return { title, shape, load, measured, judged: judge(budgets, measured) }
}

function measuredOf(load: LoadResult, server: ReportInput['server']): Measured {
  const { latency, errors, seconds } = load
  const failed = [...errors.values()].reduce((sum, count) => sum + count, 0)
  const requests = latency.count + failed
  return {
    // Nothing was answered: there is no latency to keep a budget with.
    ...(latency.count > 0 && percentiles(load)),
    errors: failed,
    rate: latency.count / seconds,
    ...(server && { start: server.startMs }),
    ...(server?.cpuMicros !== undefined && requests > 0 && { cpu: server.cpuMicros / requests }),
    ...(server?.rssBytes !== undefined && { rss: server.rssBytes }),
  }
}

function percentiles({ latency }: LoadResult): Measured {
  return {
    p50: latency.percentile(50),
    p90: latency.percentile(90),
    p95: latency.percentile(95),
    p99: latency.percentile(99),
    'p99.9': latency.percentile(99.9),
    max: latency.max,
    mean: latency.mean,
  }
}

export function describeShape(shape: LoadShape): string {
  if (shape.type === 'open') return `open loop, ${shape.rate} requests a second`
  return `closed loop, ${shape.connections} connection${shape.connections === 1 ? '' : 's'}`
}

/** For machines. */
export function toJson({ title, shape, load, measured, judged }: Report): unknown {
  return {
    title,
    shape,
    seconds: load.seconds,
    answered: load.answered,
    errors: Object.fromEntries(load.errors),
    measured,
    clientLateP99Ms: load.lateness.percentile(99),
    budgets: judged.map(({ budget, isKept, found }) => ({ budget: budget.text, isKept, found })),
    bySecond: load.bySecond.map((one, second) => ({
      second,
      answered: one.count,
      p50: one.percentile(50),
      p99: one.percentile(99),
    })),
  }
}
