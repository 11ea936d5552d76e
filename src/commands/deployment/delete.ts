import { confirm } from '../confirm.ts'
import { defineCommand } from '../define-command.ts'
import { outputFlag } from '../output-flag.ts'
import { atPlace, placeFlags } from './flags.ts'

export const deploymentDeleteCommand = defineCommand({
  summary: 'Take a deployment and all that belongs to it away',
  positionals: { name: { description: 'Name of the deployment', completes: 'nothing' } },
  flags: {
    ...placeFlags,
    yes: { type: 'boolean', short: 'y', description: 'Do not ask' },
    wait: { type: 'negatable', description: 'Do not wait until its replicas have ended' },
    output: outputFlag,
  },
  examples: ['bento deployment delete iris', 'bento deployment delete iris --yes -o json'],
  async run({ args, flags }, session) {
    const { name } = args
    const { yes, wait, output } = flags
    const { out } = session
    if (!yes && !(await confirm(`Delete the deployment "${name}"?`, session))) {
      out.say('Deleted nothing')
      return
    }
    const removed = await atPlace(flags, session, (connection) => connection.delete(name, { wait }))
    if (output === 'json') return out.json({ name, removed })
    out.result(`Deleted ${name}`)
    for (const one of removed) out.say(`  removed ${one}`)
  },
})
