import { packedShare } from '../models/runtimes/onnx/shared-weights.ts'

/** How the CPU is shared out. workers × runners × intraOpThreads stays within the quota. */
export interface Plan {
  readonly cpus: number
  readonly workers: number
  /** Runner threads in each worker. */
  readonly runners: number
  /** Threads inside one run. */
  readonly intraOpThreads: number
  /** All runners map one copy of the large models' weights. */
  readonly sharesWeights?: boolean
  /** What a person should know of how it came about. */
  readonly note?: string
}

export interface PlanInput {
  readonly cpus: number
  readonly workers: number | 'cpu_count'
  /** Runner threads in each worker, when the user says. */
  readonly threads: number | undefined
  readonly maxConcurrency: number | undefined
  /** Memory that all processes may use together. Absent: not looked at. */
  readonly memoryBytes?: number
  /** Size of the models' files of which every runner thread holds a copy. */
  readonly modelBytes?: number
  /** Size of those that all runner threads may hold together. */
  readonly sharedBytes?: number
}

// More runners in a process cost a copy of the weights each, and the event loop cannot feed them.
const mostRunners = 4
// What a worker takes without its models, and what is left to the supervisor, to buffers and to the kernel.
const workerBytes = 110 * 2 ** 20
const usableShare = 0.9

/** As many workers as were asked for; as many as there are CPUs only while their models fit into the memory. */
export function planThreads(input: PlanInput): Plan {
  const cpus = Math.max(1, Math.floor(input.cpus))
  const asked = input.workers === 'cpu_count' ? cpus : input.workers
  // A worker that may never have a request would only cost memory.
  const most = Math.min(asked, input.maxConcurrency ?? asked)
  const plan = planFor(most, cpus, input)
  if (fits(plan, input)) return plan
  if (input.workers !== 'cpu_count') {
    return { ...plan, note: `${need(plan, input)}: it may run out` }
  }
  for (let workers = most - 1; workers > 1; workers--) {
    const smaller = planFor(workers, cpus, input)
    if (fits(smaller, input)) return { ...smaller, note: fewer(smaller, plan, input) }
  }
  const smallest = planFor(1, cpus, input)
  return { ...smallest, note: fewer(smallest, plan, input) }
}

/**
 * One core is left to the event loops; the rest goes to runners first, since independent runs scale
 * better than threads inside one, and what is left to threads inside a run.
 */
function planFor(workers: number, cpus: number, { threads, sharedBytes = 0 }: PlanInput): Plan {
  const budget = Math.max(1, cpus - 1)
  const fair = Math.max(1, Math.floor(budget / workers))
  const runners = threads ?? Math.min(mostRunners, fair)
  const intraOpThreads = Math.max(1, Math.floor(fair / runners))
  const sharesWeights = sharedBytes > 0 && workers * runners > 1
  return { cpus, workers, runners, intraOpThreads, ...(sharesWeights && { sharesWeights }) }
}

function fits(plan: Plan, input: PlanInput): boolean {
  return bytesOf(plan, input) <= (input.memoryBytes ?? Infinity) * usableShare
}

function bytesOf(plan: Plan, { modelBytes = 0, sharedBytes = 0 }: PlanInput): number {
  const { workers, runners, sharesWeights = false } = plan
  const shared = sharedBytes * (sharesWeights ? packedShare : 1)
  return workers * (workerBytes + runners * modelBytes) + shared
}

function need(plan: Plan, input: PlanInput): string {
  const { memoryBytes = 0 } = input
  return `needs about ${renderBytes(bytesOf(plan, input))} of ${renderBytes(memoryBytes)} of memory`
}

function fewer(chosen: Plan, wanted: Plan, input: PlanInput): string {
  if (chosen.workers === wanted.workers) return need(wanted, input)
  return `for ${wanted.workers} workers it ${need(wanted, input)}`
}

export function renderPlan(plan: Plan): string {
  const parts = [
    count(plan.workers, 'worker'),
    count(plan.runners, 'runner thread'),
    count(plan.intraOpThreads, 'thread'),
  ]
  const shared = plan.sharesWeights ? ', large weights once for all' : ''
  const note = plan.note === undefined ? '' : `; ${plan.note}`
  return `${parts[0]} × ${parts[1]} × ${parts[2]} a run, on ${count(plan.cpus, 'CPU')}${shared}${note}`
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

function renderBytes(bytes: number): string {
  const gibibytes = bytes / 2 ** 30
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`
}
