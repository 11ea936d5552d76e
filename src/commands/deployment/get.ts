import { defineCommand } from '../define-command.ts'
import { atPlace, placeFlags } from './flags.ts'

export const deploymentGetCommand = defineCommand({
  summary: 'Print how a deployment is, and its revisions',
  positionals: { name: { description: 'Name of the deployment', completes: 'nothing' } },
  flags: {
    ...placeFlags,
    output: {
      type: 'choice',
      short: 'o',
      choices: ['yaml', 'json'],
      default: 'yaml',
      description: 'Form of the description',
    },
  },
  examples: ['bento deployment get iris', 'bento deployment get iris -o json'],
  async run({ args, flags }, session) {
    const status = await atPlace(flags, session, (connection) => connection.get(args.name))
    if (flags.output === 'json') return session.out.json(status)
    await session.out.yaml(status)
  },
})
