import { arch, availableParallelism, platform, release, totalmem } from 'node:os'
import { version as nodeVersion } from 'node:process'
import { resolveHome } from '../config/home.ts'
import { readCpuQuota, readMemoryLimit } from '../lib/cpu-quota.ts'
import { byCodeUnit } from '../lib/order.ts'
import { type Plan, renderPlan } from '../serve/plan.ts'
import { readPlan } from '../serve/read-plan.ts'
import type { Env, Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { openSource } from './open-source.ts'
import { readOptions } from './read-options.ts'
import { readVersion } from './version.ts'

export const envCommand = defineCommand({
  summary: 'Print versions, platform and settings, for a bug report',
  positionals: {
    target: {
      description: 'Also the options and the plan of this project, service or bento',
      optional: true,
      completes: 'targets',
    },
  },
  flags: {
    output: {
      type: 'choice',
      short: 'o',
      choices: ['md', 'json'],
      default: 'md',
      description: 'Form of the report',
    },
  },
  examples: ['bento env', 'bento env -o json', 'bento env iris_classifier:latest'],
  async run({ args, flags }, session) {
    const { env, out } = session
    const served = args.target === undefined ? undefined : await readServed(args.target, session)
    const report = {
      bento: await readVersion(),
      node: nodeVersion,
      platform: `${platform()} ${release()} ${arch()}`,
      home: resolveHome(env),
      ...settings(env),
      ...(await machine()),
      ...(served && { plan: renderPlan(served.plan) }),
    }
    if (flags.output === 'json') {
      return out.json(served ? { ...report, options: served.options } : report)
    }
    const lines = Object.entries(report).map(([name, value]) => `- ${name}: ${value}`)
    out.result([...lines, ...optionLines(served?.options)].join('\n'))
  },
})

async function machine(): Promise<Record<string, string>> {
  const [cpus, memory] = await Promise.all([
    readCpuQuota(availableParallelism()),
    readMemoryLimit(totalmem()),
  ])
  return { cpus: String(cpus), memory: `${(memory / 2 ** 30).toFixed(1)} GiB` }
}

interface ShownOption {
  readonly value: unknown
  readonly origin: string
}

interface Served {
  readonly plan: Plan
  /** By dotted key. */
  readonly options: Readonly<Record<string, ShownOption>>
}

/** What `bento serve` of the same target would do. */
async function readServed(target: string, session: Session): Promise<Served> {
  const { path } = await openSource({ target }, session)
  const { manifest, options, origins } = await readOptions(path, {}, session)
  const plan = await readPlan({ path, models: manifest.models, options })
  const shown = Object.entries(origins).map(([key, origin]): [string, ShownOption] => [
    key,
    { value: isSecret(key) ? '(hidden)' : valueAt(options, key), origin },
  ])
  return { plan, options: Object.fromEntries(shown) }
}

// A report is made to be shown around.
function isSecret(key: string): boolean {
  return (
    key === 'envs' ||
    key.startsWith('auth.') ||
    key === 'ssl.keyfilePassword' ||
    key.includes('headers.')
  )
}

function valueAt(options: object, key: string): unknown {
  return key.split('.').reduce<unknown>((node, name) => Reflect.get(Object(node), name), options)
}

function optionLines(options: Served['options'] = {}): string[] {
  const lines = Object.entries(options).map(
    ([key, { value, origin }]) => `- ${key}: ${JSON.stringify(value)} (${origin})`,
  )
  return lines.length === 0 ? [] : ['', ...lines]
}

/** Only names for those that may hold secrets. */
function settings(env: Env): Record<string, string> {
  const names = Object.keys(env).filter((name) => name.startsWith('BENTO_') && env[name])
  const shown = new Set([
    'BENTO_HOME',
    'BENTO_CONFIG',
    'BENTO_HOST',
    'BENTO_PORT',
    'BENTO_LOG_LEVEL',
  ])
  return Object.fromEntries(
    names.toSorted(byCodeUnit).map((name) => [name, shown.has(name) ? (env[name] ?? '') : '(set)']),
  )
}
