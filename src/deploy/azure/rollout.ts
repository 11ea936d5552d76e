import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError } from '../../errors.ts'
import { listAt, textAt } from '../../lib/records.ts'
import { interrupted } from '../rest-api.ts'
import type { Apps } from './apps.ts'
import { failureOf, isChanging, isRunning } from './status.ts'

export interface WaitOptions {
  readonly name: string
  readonly timeoutSeconds: number
  readonly report: (step: string) => void
  readonly signal?: AbortSignal | undefined
}

/** Waits until Azure has taken a change in. */
export function untilTaken(apps: Apps, options: WaitOptions): Promise<void> {
  const { name, report } = options
  return poll(options, async () => {
    report(`Waiting for Azure to take ${name}`)
    const app = await apps.find(name)
    if (isChanging(app)) return false
    const failure = failureOf(app)
    if (failure !== undefined) throw failed(name, failure)
    return true
  })
}

/** Waits until a revision runs. Throws DEPLOY_FAILED with what its replicas say. */
export function untilRunning(apps: Apps, revision: string, options: WaitOptions): Promise<void> {
  const { name, report } = options
  let last: string | undefined
  const check = async (): Promise<boolean> => {
    report(`Waiting for ${revision} to run`)
    const found = (await apps.revisions(name)).find((one) => textAt(one, 'name') === revision)
    if (isRunning(found)) return true
    const failure = failureOf(found)
    last = (await replicaTrouble(apps, name, revision)) ?? failure
    if (failure !== undefined) throw failed(name, [failure, last].join('; '))
    return false
  }
  return poll(options, check, () => last)
}

/** Waits until an app is gone. */
export function untilGone(apps: Apps, options: WaitOptions): Promise<void> {
  return poll(options, async () => {
    options.report(`Waiting for Azure to take ${options.name} away`)
    return (await apps.find(options.name)) === undefined
  })
}

/** What a container of a revision waits for: `ImagePullBackOff`, `CrashLoopBackOff` and their like. */
async function replicaTrouble(
  apps: Apps,
  name: string,
  revision: string,
): Promise<string | undefined> {
  const replicas = await apps.replicas(name, revision)
  const containers = replicas.flatMap((one) => listAt(one, 'properties', 'containers'))
  const stuck = containers.find((one) => textAt(one, 'runningState') !== 'Running')
  return textAt(stuck, 'runningStateDetails')
}

async function poll(
  { name, timeoutSeconds, signal }: WaitOptions,
  isDone: () => Promise<boolean>,
  why: () => string | undefined = () => undefined,
): Promise<void> {
  const endsAt = performance.now() + timeoutSeconds * 1000
  let pauseMs = 100
  while (!(await isDone())) {
    if (signal?.aborted === true) throw interrupted()
    if (performance.now() > endsAt) throw late(name, timeoutSeconds, why())
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 1.5, 2000)
  }
}

function failed(name: string, why: string): BentoError {
  return new BentoError('DEPLOY_FAILED', `"${name}" does not run: ${why}`, { hint: wayOn(name) })
}

function late(name: string, seconds: number, why: string | undefined): BentoError {
  const reason = why === undefined ? '' : `: ${why}`
  return new BentoError('DEPLOY_TIMEOUT', `"${name}" is not ready after ${seconds} s${reason}`, {
    hint: wayOn(name),
  })
}

function wayOn(name: string): string {
  return `The revision before serves on. See \`bento deployment logs ${name} -t azure\`, correct it and deploy again.`
}
