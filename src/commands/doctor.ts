import type { Examined } from '../doctor/examine.ts'
import { defineCommand } from './define-command.ts'
import { renderCount } from './format.ts'

export const doctorCommand = defineCommand({
  summary: 'Find what would stand in the way, before it does',
  description: 'Looks at the machine, and at the project or bento that it is run in or given.',
  positionals: {
    target: {
      description: 'Project, service or bento to look at (default: this folder)',
      optional: true,
      completes: 'targets',
    },
  },
  flags: {
    output: {
      type: 'choice',
      short: 'o',
      choices: ['text', 'json'],
      default: 'text',
      description: 'Form of the findings',
    },
  },
  examples: ['bento doctor', 'bento doctor iris_classifier:latest', 'bento doctor -o json'],
  async run({ args, flags }, { cwd, env, out }) {
    const { openPlace } = await import('../doctor/open-place.ts')
    const { examine } = await import('../doctor/examine.ts')
    out.step('Looking')
    const findings = await examine(await openPlace({ cwd, env, target: args.target }))
    out.settle()
    if (flags.output === 'json') out.json(findings)
    else out.result(findings.map(renderFinding).join('\n'))
    const count = (severity: string): number =>
      findings.filter((one) => one.severity === severity).length
    const [errors, warnings] = [count('error'), count('warning')]
    out.say(`${renderCount(errors, 'error')}, ${renderCount(warnings, 'warning')}`)
    return errors > 0 ? 1 : 0
  },
})

const indent = ' '.repeat(21)

function renderFinding({ check, severity, message, remedy }: Examined): string {
  const text = message.replaceAll('\n', `\n${indent}`)
  const line = `${severity.padEnd(7)}  ${check.padEnd(10)}  ${text}`
  return remedy === undefined ? line : `${line}\n${indent}→ ${remedy}`
}
