import cluster from 'node:cluster'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { mapStacks } from '../log/mapped-stacks.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import { pickService } from '../service/pick-service.ts'
import { cacheCompiled } from './adapters/lambda/compile-cache.ts'
import type { AwsLambda } from './adapters/lambda/handler.ts'
import type { HostedApp } from './create-app.ts'
import { isRunnerData } from './runners/protocol.ts'
import { Runner } from './runners/runner.ts'
import type { BentoModule } from './serving.ts'
import { forkWorker } from './supervise/fork.ts'
import type { FromWorker, ToWorker, WorkerData } from './supervise/protocol.ts'

/*
 * What `dist/service.mjs` of a bento is made of: one module that knows its role by how it was started.
 *
 *   node dist/service.mjs  ─ supervisor ─┬─ worker (forked) ─┬─ runner (thread)
 *                                        └─ worker            └─ runner
 *                          └ within AWS Lambda: one process that asks its Runtime API for events
 *
 * Everything a role needs is imported in that role alone: a supervisor must start where the user's native packages
 * and the models' runtimes are absent, and a runner must not pay for HTTP.
 */
export interface Bento extends BentoModule {
  /** Takes up the role, if this module is what was started; imported, it does nothing. */
  startIfMain(): Promise<void>
  /** The handler for Lambda's own Node runtime. */
  createHandler(): Promise<unknown>
}

/** `url` is that of `dist/service.mjs`, `load` imports the user's module, `attr` names the service in it. */
export function createBento(url: string, load: () => Promise<object>, attr?: string): Bento {
  const file = fileURLToPath(url)
  const path = dirname(dirname(file))
  const loadService = async (): Promise<ServiceDefinition> => pickService(await load(), attr)
  const openApp = async (options?: object): Promise<HostedApp> => {
    const { createApp } = await import('./create-app.ts')
    return createApp({ path, load: loadService, docs: new URL('docs/', url), ...options })
  }

  return {
    async describe() {
      const { describeService } = await import('../service/describe.ts')
      return describeService(load, attr)
    },
    async serve(input) {
      const spare = forkWorker(join(input.path, 'dist', 'service.mjs'))
      const { Supervisor } = await import('./supervise/supervisor.ts')
      return Supervisor.start(input, spare)
    },
    createApp: openApp,
    async createHandler() {
      mapStacks()
      const open = cached(() => openApp(ownEnv))
      const { createHandler } = await import('./adapters/lambda/handler.ts')
      return createHandler(await open(), isStreaming() ? awsLambda() : undefined)
    },
    async startIfMain() {
      if (!isMainThread) {
        if (isRunnerData(workerData)) await startRunnerRole()
        return
      }
      if (!isMain(file)) return
      const lambda = process.env['AWS_LAMBDA_RUNTIME_API']
      if (cluster.isWorker) await startWorkerRole(url, loadService)
      else if (lambda !== undefined) await startLambdaRole(lambda, () => openApp(ownEnv))
      else await startSupervisorRole(path, file)
    },
  }
}

const ownEnv = {
  env: process.env,
  setEnv: (env: Readonly<Record<string, string>>) => void Object.assign(process.env, env),
}

async function startLambdaRole(host: string, open: () => Promise<HostedApp>): Promise<void> {
  mapStacks()
  const openCached = cached(open)
  const { runLambda } = await import('./adapters/lambda/main.ts')
  await runLambda({ host, open: openCached, isStreaming: isStreaming() })
}

/** From here on what is compiled is kept; it is written down behind the first answer, where nobody waits for it. */
function cached(open: () => Promise<HostedApp>): () => Promise<HostedApp> {
  const write = cacheCompiled()
  return async () => {
    const app = await open()
    return { ...app, flush: () => app.flush().then(write) }
  }
}

/** Whether whoever calls the function takes an answer in parts. No event tells. */
function isStreaming(): boolean {
  return process.env['BENTO_LAMBDA_STREAMING'] === '1'
}

function awsLambda(): AwsLambda | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because Lambda's runtime puts it there
  return (globalThis as { awslambda?: AwsLambda }).awslambda
}

function isMain(file: string): boolean {
  const [, main] = process.argv
  return main !== undefined && realpathSync(main) === realpathSync(file)
}

async function startRunnerRole(): Promise<void> {
  const { startRunner } = await import('./runners/runner-thread.ts')
  if (parentPort) startRunner(parentPort)
}

async function startWorkerRole(url: string, load: () => Promise<ServiceDefinition>): Promise<void> {
  mapStacks()
  // The supervisor decides when a worker ends; a Ctrl-C reaches every process of the terminal.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  // A thread starts on another core while this one goes on; what has models will need one.
  const spare = existsSync(new URL('../models', url)) ? new Runner(new URL(url)) : undefined
  const data = await beginning()
  Object.assign(process.env, data.env)
  const { createExecutor } = await import('./runners/create-executor.ts')
  const executor = createExecutor(data, new URL(url), spare)
  const { startWorker } = await import('./worker.ts')
  await startWorker({ data, executor, docs: new URL('docs/', url), load })
}

function beginning(): Promise<WorkerData> {
  return new Promise((resolve) => {
    const listen = (message: ToWorker): void => {
      if (message.type !== 'begin') return
      process.off('message', listen)
      resolve(message.data)
    }
    process.on('message', listen)
    process.send?.({ type: 'awake' } satisfies FromWorker)
  })
}

async function startSupervisorRole(path: string, file: string): Promise<void> {
  const spare = forkWorker(file)
  const { runSupervisor } = await import('./supervise/main.ts')
  await runSupervisor(path, spare)
}
