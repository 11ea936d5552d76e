import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProjectTarget } from '../build/target.ts'
import { BentoError } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import type { BentoModule, ServeFlags, Serving } from '../serve/serving.ts'
import { drainThenKill } from '../serve/supervise/drain-then-kill.ts'
import { announce } from './announce.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { openSource, type Source } from './open-source.ts'
import type { Output } from './output.ts'
import { printError } from './print-error.ts'
import { readWarmUps } from './read-warm-ups.ts'
import type { Reloading } from './reload.ts'
import { sslFlags, sslOf } from './ssl-flags.ts'

export const serveCommand = defineCommand({
  summary: 'Serve a project, a service or a bento',
  positionals: {
    target: {
      description:
        'Project folder, service.ts:Iris, a bento tag or a bento folder (default: this folder)',
      optional: true,
      completes: 'targets',
    },
  },
  flags: {
    model: {
      type: 'text',
      metavar: 'MODEL',
      description: 'Serve this model alone: a tag of the store, or a file',
    },
    development: {
      type: 'boolean',
      description: 'One worker, logs to read while developing, and /dashboard',
    },
    production: { type: 'boolean', description: 'As in production (the default)' },
    reload: { type: 'boolean', description: 'Rebuild and swap when a file of the project changes' },
    port: {
      type: 'integer',
      short: 'p',
      metavar: 'PORT',
      min: 0,
      max: 65_535,
      description: 'Port, 0 for a free one (BENTO_PORT, default 3000)',
    },
    host: {
      type: 'text',
      metavar: 'HOST',
      description: 'Address to bind (BENTO_HOST, default 127.0.0.1)',
    },
    workers: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 1024,
      description: 'Worker processes',
    },
    workingDir: {
      type: 'text',
      metavar: 'FOLDER',
      description: 'Folder to look for the target in',
    },
    warmUp: {
      type: 'text',
      metavar: 'FILE',
      description: 'Golden file of `bento verify`: its requests run before the service is ready',
    },
    ...sslFlags,
  },
  examples: [
    'bento serve',
    'bento serve service.ts:IrisClassifier --reload',
    'bento serve iris_classifier:latest --port 8080 --workers 4',
    'bento serve --model fraud_detector.json',
    'bento serve iris_classifier:latest --warm-up golden.json',
    'bento serve --ssl-certfile cert.pem --ssl-keyfile key.pem',
  ],
  async run({ args, flags }, session) {
    if (flags.development && flags.production) throw bothModes()
    const cwd = resolve(session.cwd, flags.workingDir ?? '.')
    const wanted = { target: args.target, model: flags.model }
    const source = await openSource(wanted, { ...session, cwd })
    if (flags.reload && !source.project) throw nothingToReload(args.target ?? '.')
    const { host, port, workers, development } = flags
    const ssl = sslOf(flags)
    const warmUps = await readWarmUps(flags.warmUp, source, session)
    const options = withoutUndefined({ host, port, workers, development, ssl, warmUps })
    const serving = await startServing(source, options, session)
    const announced = { url: serving.url, path: source.path, flags: options }
    if (!serving.isDraining) await announce(announced, session)
    if (!flags.reload || !source.project) return serving.exited
    const changed = { ...wanted, isChanged: true }
    const reopen = (): Promise<Source> => openSource(changed, { ...session, cwd })
    const reloading = await startReload(source.project, { serving, reopen, out: session.out })
    session.out.say(`Watching ${source.project.context}`)
    return serving.exited.finally(() => reloading.close())
  },
})

function bothModes(): BentoError {
  return new BentoError('USAGE', '--development and --production exclude each other', {
    hint: 'Leave one of them out; --production is the default.',
  })
}

function nothingToReload(target: string): BentoError {
  return new BentoError('USAGE', `"${target}" is a built bento, which has no sources to reload`, {
    hint: 'Serve the project that it was built from, or leave --reload out.',
  })
}

async function startServing(
  { path, packageRoots }: Source,
  flags: ServeFlags,
  { env, out, onSignal }: Session,
): Promise<Serving> {
  const file = join(path, 'dist', 'service.mjs')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every bento's service.mjs exports this
  const bento = (await import(pathToFileURL(file).href)) as BentoModule
  const isForPeople = out.isTerminal || flags.development === true
  return bento.serve({
    path,
    env,
    flags,
    packageRoots,
    logFormat: isForPeople ? 'text' : 'json',
    say: (line) => out.say(line),
    onBound: (serving) => onSignal(drainThenKill(serving, (line) => out.say(line), systemClock)),
  })
}

interface Reload {
  readonly serving: Serving
  readonly reopen: () => Promise<Source>
  readonly out: Output
}

/** What is served goes on until a rebuild is ready, and also when it fails. */
async function startReload(project: ProjectTarget, reload: Reload): Promise<Reloading> {
  const { watchProject } = await import('./reload.ts')
  const { serving, reopen, out } = reload
  return watchProject({
    project,
    clock: systemClock,
    async reload(changed) {
      out.say(`${changed} changed, reloading`)
      try {
        await serving.swap((await reopen()).path)
        out.say('Reloaded')
      } catch (error) {
        out.settle()
        await printError(error, out)
        out.say('The version before goes on. Save a file to try again.')
      }
    },
  })
}
