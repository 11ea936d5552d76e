import type { LockMode } from '../build/apply-lock.ts'
import type { BuildInput, BuildPlan } from '../build/build.ts'
import type { ProjectTarget } from '../build/target.ts'
import type { BuiltImage } from '../containerize/backend.ts'
import { BentoError } from '../errors.ts'
import { parsePlatform } from '../lib/platform.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import type { BentoEntry } from '../store/bento-store.ts'
import { checkImageFlags, makeImage } from './build-image.ts'
import { buildSources } from './build-sources.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { renderSize } from './format.ts'
import { describeEntry } from './list.ts'
import type { Output } from './output.ts'
import { reportTo } from './report.ts'
import { bentosOf, modelsOf } from './stores.ts'

export const buildCommand = defineCommand({
  summary: 'Build a bento from a project',
  description:
    'Reads bentofile.yaml, or "bento" of package.json, and puts the bento into the local store.',
  positionals: {
    context: {
      description: 'Project folder, or a service as service.ts:Iris (default: this folder)',
      optional: true,
    },
  },
  flags: {
    model: {
      type: 'text',
      metavar: 'MODEL',
      description: 'Build a service of this model alone: a tag of the store, or a file',
    },
    bentofile: {
      type: 'text',
      short: 'f',
      metavar: 'FILE',
      description: "Read this file instead of the project's own",
    },
    name: { type: 'text', metavar: 'NAME', description: 'Name of the bento' },
    version: {
      type: 'text',
      metavar: 'VERSION',
      description: 'Version (default: from the content)',
    },
    label: { type: 'pairs', description: 'Label to add' },
    arg: { type: 'pairs', description: 'Argument of the service, as `useArguments` gives it' },
    platform: {
      type: 'text',
      metavar: 'OS/ARCH',
      description: 'Pin native packages of this platform only, as linux/arm64',
    },
    check: { type: 'negatable', description: 'Skip the type check' },
    lock: {
      type: 'boolean',
      description: 'Write bento.lock: the digests of models and of the base image',
    },
    frozen: {
      type: 'boolean',
      description: 'Build what bento.lock says, and fail where the project is not that any more',
    },
    dryRun: { type: 'boolean', description: 'Say what would be packed, and store nothing' },
    containerize: { type: 'boolean', description: 'Then make an image of it' },
    push: { type: 'boolean', description: 'Then push that image to its registry' },
    imageTag: {
      type: 'list',
      short: 't',
      metavar: 'NAME:TAG',
      description: "Name of that image (default: the bento's tag)",
    },
    insecure: {
      type: 'boolean',
      description: 'Allow registries without TLS or with their own certificate',
    },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['default', 'tag', 'json'],
      default: 'default',
      description: 'What to print',
    },
  },
  examples: [
    'bento build',
    'bento build ./iris --label team=flowers',
    'bento build service.ts:IrisClassifier --version v1 -o tag',
    'bento build --model fraud_detector:latest',
    'bento build --dry-run',
    'bento build --lock',
    'bento build --frozen --push -t ghcr.io/acme/iris:v1',
    'bento build --platform linux/arm64 --containerize -t ghcr.io/acme/iris:v1',
  ],
  async run({ args, flags }, session) {
    const { out } = session
    await checkImageFlags(flags)
    const input = await inputOf(args.context, flags, session)
    if (flags.dryRun) return printPlan(await planOf(input), flags.output, out)
    const { buildBento } = await import('../build/build.ts')
    const entry = await buildBento(input)
    const image = await makeImage(entry, flags, session)
    out.settle()
    await printBuilt({ entry, image }, flags.output, out)
  },
})

interface BuildCommandFlags {
  readonly model: string | undefined
  readonly bentofile: string | undefined
  readonly name: string | undefined
  readonly version: string | undefined
  readonly platform: string | undefined
  readonly label: Readonly<Record<string, string>>
  readonly arg: Readonly<Record<string, string>>
  readonly check: boolean
  readonly lock: boolean
  readonly frozen: boolean
  readonly insecure: boolean
}

async function inputOf(
  context: string | undefined,
  flags: BuildCommandFlags,
  session: Session,
): Promise<BuildInput> {
  const { name, version, label, check, platform, arg } = flags
  const lock = lockMode(flags)
  const project = await findProject(context, flags, session)
  const { createCacheFolder } = await import('../build/own-folder.ts')
  return {
    project,
    store: bentosOf(session),
    models: modelsOf(session),
    flags: {
      ...withoutUndefined({
        name,
        version,
        platform: platform === undefined ? undefined : parsePlatform(platform),
        lock,
      }),
      labels: label,
      args: arg,
      check,
    },
    env: session.env,
    sources: buildSources(session, flags.insecure),
    cache: await createCacheFolder(project.context),
    report: reportTo(session.out),
  }
}

function lockMode({ lock, frozen, model }: BuildCommandFlags): LockMode | undefined {
  if (!lock && !frozen) return undefined
  if (lock && frozen) throw lockUsage('--lock and --frozen exclude each other')
  if (model !== undefined) throw lockUsage('A model that is built alone has no bento.lock')
  return frozen ? 'frozen' : 'write'
}

function lockUsage(problem: string): BentoError {
  return new BentoError('USAGE', problem, {
    hint: 'Write the lock with --lock, commit it, and build with --frozen where it must hold.',
  })
}

async function findProject(
  context: string | undefined,
  { model, bentofile }: BuildCommandFlags,
  session: Session,
): Promise<ProjectTarget> {
  if (model !== undefined) {
    const { openModelProject, refuseBoth } = await import('./model-source.ts')
    refuseBoth(context ?? bentofile, model)
    return openModelProject(model, session)
  }
  const { resolveTarget } = await import('../build/target.ts')
  const project = await resolveTarget(context, {
    cwd: session.cwd,
    findBento: () => Promise.resolve(undefined),
    ...withoutUndefined({ bentofile }),
  })
  if (project.kind === 'bento') throw alreadyBuilt(project.path)
  return project
}

function alreadyBuilt(path: string): BentoError {
  return new BentoError('USAGE', `"${path}" is a bento that is built already`, {
    hint: 'Name the folder of a project, or a service as service.ts:IrisClassifier.',
  })
}

async function planOf(input: BuildInput): Promise<BuildPlan> {
  const { planBento } = await import('../build/build.ts')
  return planBento(input)
}

type Form = 'default' | 'tag' | 'json'

function printPlan(plan: BuildPlan, form: Form, out: Output): Promise<void> | void {
  out.settle()
  if (form === 'tag') return out.result(plan.tag)
  if (form === 'json') return out.json(plan)
  out.say(`Would build ${plan.tag}, ${renderSize(plan.size)}; nothing was stored.`)
  return out.table(
    [{ title: 'File', shrinks: true }, { title: 'Size' }],
    plan.files.map(({ path, size }) => [path, renderSize(size)]),
  )
}

interface Built {
  readonly entry: BentoEntry
  readonly image: BuiltImage | undefined
}

async function printBuilt({ entry, image }: Built, form: Form, out: Output): Promise<void> {
  switch (form) {
    case 'tag':
      return out.result(entry.tag)
    case 'json':
      return out.json({
        ...(await describeEntry(entry)),
        path: entry.path,
        ...(image !== undefined && { image }),
      })
    case 'default':
      out.result(`Built ${entry.tag}`)
      for (const name of image?.names ?? []) out.result(`Made image ${name}`)
      out.say('Next steps:')
      out.say(`  Serve it:   bento serve ${entry.tag}`)
      out.say(`  See it:     bento get ${entry.tag}`)
      out.say(`  Carry it:   bento export ${entry.tag}`)
  }
}
