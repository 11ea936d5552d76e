import { confirm } from '../confirm.ts'
import { defineCommand } from '../define-command.ts'
import { atPlace, placeFlags } from './flags.ts'

export const deploymentDeleteCommand = defineCommand({
  summary: 'Take a deployment and all that belongs to it away',
  positionals: { name: { description: 'Name of the deployment', completes: 'nothing' } },
  flags: {
    ...placeFlags,
    yes: { type: 'boolean', short: 'y', description: 'Do not ask' },
    wait: { type: 'negatable', description: 'Do not wait until its replicas have ended' },
  },
  examples: ['bento deployment delete iris', 'bento deployment delete iris --yes'],
  async run({ args, flags }, session) {
    const { name } = args
    const { yes, wait } = flags
    const { out } = session
    if (!yes && !(await confirm(`Delete the deployment "${name}"?`, session))) {
      out.say('Deleted nothing')
      return
    }
    const deleted = await atPlace(flags, session, (connection) => connection.delete(name, { wait }))
    out.result(`Deleted ${name}`)
    for (const one of deleted) out.say(`  removed ${one}`)
  },
})
