import { arch, availableParallelism, cpus } from 'node:os'
import { version as nodeVersion } from 'node:process'
import { readProfiles, writeProfiles } from '../config/profile-file.ts'
import { BentoError } from '../errors.ts'
import { readCpuQuota } from '../lib/cpu-quota.ts'
import type { ModelStore } from '../store/model-store.ts'
import { adviseOn, type Curve } from '../tune/advise.ts'
import { renderCurve } from '../tune/render-text.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { measureBatches } from './measure-batches.ts'
import { openSource, type Source } from './open-source.ts'
import { readBodies } from './read-bodies.ts'
import { modelsOf } from './stores.ts'

const defaultRounds = 5

export const tuneCommand = defineCommand({
  summary: 'Measure what batches of each size take, and tell the batcher',
  description:
    'Each batchable method, and each model that batches by itself, runs batches of 1, 2, 4, … rows on this\nmachine. What they took is stored: of methods in bento-profile.json beside the service, of models in\nthe store. serve and build read both, so that batching is right from the first request on.',
  positionals: {
    target: {
      description: 'Project, service or bento (default: this folder)',
      optional: true,
      completes: 'targets',
    },
  },
  flags: {
    endpoint: { type: 'text', metavar: 'ROUTE', description: 'Measure only this method' },
    data: {
      type: 'text',
      metavar: 'FILE',
      description: 'JSON of a request whose rows are sent over and over (default: from the schema)',
    },
    header: { type: 'pairs', description: 'Header to send' },
    upTo: {
      type: 'integer',
      metavar: 'ROWS',
      min: 1,
      max: 65_536,
      description: 'Largest batch (default: twice max_batch_size)',
    },
    rounds: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 1000,
      description: `How often to measure each size (default ${defaultRounds})`,
    },
    save: { type: 'negatable', description: 'Measure only' },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['text', 'json'],
      default: 'text',
      description: 'Form of the report',
    },
  },
  examples: [
    'bento tune',
    'bento tune iris_classifier:latest --up-to 256',
    'bento tune --endpoint classify --data rows.json --no-save',
    'bento tune -o json',
  ],
  async run({ args, flags }, session) {
    const { out, onSignal } = session
    const [body] = flags.data === undefined ? [] : await readBodies(flags.data, session)
    const source = await openSource({ target: args.target }, session)
    const stop = new AbortController()
    const giveBack = onSignal(() => stop.abort())
    const { upTo, rounds = defaultRounds, endpoint, header } = flags
    const effort = { upTo, rounds, signal: stop.signal }
    const asked = { source, endpoint, body, header, effort }
    const curves = await measureBatches(asked, session).finally(giveBack)
    out.settle()
    if (stop.signal.aborted) throw new BentoError('INTERRUPTED', 'Stopped before it was done')
    const measuredOn = await describeMachine()
    const stored = flags.save ? await save(source, { curves, measuredOn }, session) : []
    if (flags.output === 'json') out.json({ measuredOn, stored, curves: curves.map(toJson) })
    else out.result(curves.map(renderCurve).join('\n\n'))
    out.say(whereTo(source, stored))
  },
})

interface Measured {
  readonly curves: readonly Curve[]
  readonly measuredOn: string
}

/** Gives where it is now. A bento never changes: what was measured of one is only shown. */
async function save(
  { project }: Source,
  { curves, measuredOn }: Measured,
  session: Session,
): Promise<string[]> {
  if (project === undefined) return []
  const measured = curves.filter(({ points }) => points.length > 0)
  const [methods, models] = (['method', 'model'] as const).map((kind) =>
    measured.filter((curve) => curve.kind === kind),
  )
  const file = await saveMethods(project.context, measuredOn, methods ?? [])
  const tags = await saveModels(modelsOf(session), measuredOn, models ?? [])
  return [...file, ...tags]
}

/** Those that were not measured now stay. */
async function saveMethods(
  context: string,
  measuredOn: string,
  curves: readonly Curve[],
): Promise<string[]> {
  if (curves.length === 0) return []
  const known = await readProfiles(context)
  const measured = Object.fromEntries(curves.map(({ name, points }) => [name, points]))
  const methods = { ...known?.methods, ...measured }
  return [await writeProfiles(context, { format: 1, measured_on: measuredOn, methods })]
}

async function saveModels(
  store: ModelStore,
  measuredOn: string,
  curves: readonly Curve[],
): Promise<string[]> {
  const tags: string[] = []
  for (const { name, points, signature = 'run' } of curves) {
    const profile = { signature, measured_on: measuredOn, points }
    const { tag } = await store.amend(name, (manifest) => ({ ...manifest, profile }))
    tags.push(`model ${tag}`)
  }
  return tags
}

function whereTo({ project }: Source, stored: readonly string[]): string {
  if (stored.length > 0) return `Stored in ${stored.join(' and ')}: serve and build read it.`
  if (project !== undefined) return 'Nothing was stored.'
  return 'Nothing was stored, since a bento never changes: tune its project, and build it again.'
}

async function describeMachine(): Promise<string> {
  const quota = await readCpuQuota(availableParallelism())
  return `${cpus()[0]?.model ?? arch()}, ${quota} CPUs, Node ${nodeVersion}`
}

function toJson(curve: Curve): unknown {
  const { kind, name, inForce, note } = curve
  return { kind, name, maxBatchSize: inForce, note, ...adviseOn(curve) }
}
