import { arch, platform, release } from 'node:os'
import { version as nodeVersion } from 'node:process'
import { resolveHome } from '../config/home.ts'
import { byCodeUnit } from '../lib/order.ts'
import type { Env } from './context.ts'
import { defineCommand } from './define-command.ts'
import { readVersion } from './version.ts'

export const envCommand = defineCommand({
  summary: 'Print versions, platform and settings, for a bug report',
  flags: {
    output: {
      type: 'choice',
      short: 'o',
      choices: ['md', 'json'],
      default: 'md',
      description: 'Form of the report',
    },
  },
  examples: ['bento env', 'bento env -o json'],
  async run({ flags }, { env, out }) {
    const report = {
      bento: await readVersion(),
      node: nodeVersion,
      platform: `${platform()} ${release()} ${arch()}`,
      home: resolveHome(env),
      ...settings(env),
    }
    if (flags.output === 'json') return out.json(report)
    out.result(
      Object.entries(report)
        .map(([name, value]) => `- ${name}: ${value}`)
        .join('\n'),
    )
  },
})

/** Only names for those that may hold secrets: a report is made to be shown around. */
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
