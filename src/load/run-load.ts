import type { Clock } from '../lib/clock.ts'
import { LatencyHistogram } from './latency-histogram.ts'

/** Open: requests leave when they are due, whether or not others are answered. Closed: each waits for the one before. */
export type LoadShape =
  | { readonly type: 'open'; readonly rate: number }
  | { readonly type: 'closed'; readonly connections: number }

export interface LoadOptions {
  readonly shape: LoadShape
  readonly warmUpMs: number
  readonly durationMs: number
  readonly clock: Clock
  /** From 0 up to 1, for the gaps between arrivals. */
  readonly random: () => number
  /** Sends one request; resolves with undefined when it was answered well, else with what was wrong. */
  readonly send: () => Promise<string | undefined>
  /** Called when the warm-up ends, and when the last answer is there. */
  readonly onMeasure?: (state: 'begins' | 'ends') => Promise<void>
  readonly signal?: AbortSignal
}

export interface LoadResult {
  readonly seconds: number
  readonly answered: number
  /** By what was wrong. */
  readonly errors: ReadonlyMap<string, number>
  /** Of good answers, from the time at which a request should have left. */
  readonly latency: LatencyHistogram
  /** How late this side was: the part of the latency that is not the server's. */
  readonly lateness: LatencyHistogram
  /** By the second in which they should have left. */
  readonly bySecond: readonly LatencyHistogram[]
}

/** Puts load on a service, first to warm it up and then to measure. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  await generate({ ...options, durationMs: options.warmUpMs }, () => undefined)
  await options.onMeasure?.('begins')
  const startedAt = options.clock.now()
  const errors = new Map<string, number>()
  const latency = new LatencyHistogram()
  const lateness = new LatencyHistogram()
  const bySecond: LatencyHistogram[] = []
  await generate(options, ({ dueAt, sentAt, answeredAt, problem }) => {
    lateness.record(sentAt - dueAt)
    if (problem !== undefined) {
      errors.set(problem, (errors.get(problem) ?? 0) + 1)
      return
    }
    latency.record(answeredAt - dueAt)
    const second = Math.floor((dueAt - startedAt) / 1000)
    for (let at = bySecond.length; at <= second; at++) bySecond.push(new LatencyHistogram())
    bySecond[second]?.record(answeredAt - dueAt)
  })
  await options.onMeasure?.('ends')
  const seconds = options.durationMs / 1000
  return { seconds, answered: latency.count, errors, latency, lateness, bySecond }
}

interface Answered {
  readonly dueAt: number
  readonly sentAt: number
  readonly answeredAt: number
  readonly problem: string | undefined
}

type Report = (answered: Answered) => void

async function generate(options: LoadOptions, report: Report): Promise<void> {
  if (options.durationMs === 0) return
  const { shape } = options
  if (shape.type === 'open') return generateOpen(shape.rate, options, report)
  const lines = Array.from({ length: shape.connections }, () => generateClosed(options, report))
  await Promise.all(lines)
}

async function sendOne({ send, clock }: LoadOptions, dueAt: number, report: Report): Promise<void> {
  const sentAt = clock.now()
  const problem = await send()
  report({ dueAt, sentAt, answeredAt: clock.now(), problem })
}

/** Arrivals of a Poisson process: many callers who know nothing of each other. */
async function generateOpen(rate: number, options: LoadOptions, report: Report): Promise<void> {
  const { clock, durationMs, random, signal } = options
  const startedAt = clock.now()
  const pending = new Set<Promise<void>>()
  for (let due = 0; due < durationMs; due += (-Math.log(1 - random()) / rate) * 1000) {
    await waitUntil(startedAt + due, clock)
    if (signal?.aborted) break
    const sending = sendOne(options, startedAt + due, report)
    pending.add(sending)
    void sending.finally(() => pending.delete(sending))
  }
  await Promise.all(pending)
}

function waitUntil(time: number, clock: Clock): Promise<void> | undefined {
  const left = time - clock.now()
  if (left <= 0) return undefined
  return new Promise((resolve) => {
    clock.precisely(left, resolve)
  })
}

async function generateClosed(options: LoadOptions, report: Report): Promise<void> {
  const { clock, durationMs } = options
  const endsAt = clock.now() + durationMs
  const isOver = (): boolean => clock.now() >= endsAt || options.signal?.aborted === true
  while (!isOver()) await sendOne(options, clock.now(), report)
}
