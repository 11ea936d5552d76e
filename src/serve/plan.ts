/** How the CPU is shared out. workers × runners × intraOpThreads stays within the quota. */
export interface Plan {
  readonly cpus: number
  readonly workers: number
  /** Runner threads in each worker. */
  readonly runners: number
  /** Threads inside one run. */
  readonly intraOpThreads: number
}

export interface PlanInput {
  readonly cpus: number
  readonly workers: number | 'cpu_count'
  /** Runner threads in each worker, when the user says. */
  readonly threads: number | undefined
  readonly maxConcurrency: number | undefined
}

// More runners in a process cost a copy of the weights each, and the event loop cannot feed them.
const mostRunners = 4

/**
 * One core is left to the event loops; the rest goes to runners first, since independent runs scale
 * better than threads inside one, and what is left to threads inside a run.
 */
export function planThreads(input: PlanInput): Plan {
  const cpus = Math.max(1, Math.floor(input.cpus))
  const asked = input.workers === 'cpu_count' ? cpus : input.workers
  // A worker that may never have a request would only cost memory.
  const workers = Math.min(asked, input.maxConcurrency ?? asked)
  const budget = Math.max(1, cpus - 1)
  const fair = Math.max(1, Math.floor(budget / workers))
  const runners = input.threads ?? Math.min(mostRunners, fair)
  const intraOpThreads = Math.max(1, Math.floor(fair / runners))
  return { cpus, workers, runners, intraOpThreads }
}

export function renderPlan(plan: Plan): string {
  const parts = [
    count(plan.workers, 'worker'),
    count(plan.runners, 'runner thread'),
    count(plan.intraOpThreads, 'thread'),
  ]
  return `${parts[0]} × ${parts[1]} × ${parts[2]} a run, on ${count(plan.cpus, 'CPU')}`
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
