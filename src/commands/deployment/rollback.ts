import { withoutUndefined } from '../../lib/without-undefined.ts'
import { defineCommand } from '../define-command.ts'
import { outputFlag } from '../output-flag.ts'
import { atPlace, placeFlags } from './flags.ts'

export const deploymentRollbackCommand = defineCommand({
  summary: 'Go back to a revision that ran before',
  description: 'Applies the whole of that revision again, as a new one.',
  positionals: { name: { description: 'Name of the deployment', completes: 'nothing' } },
  flags: {
    ...placeFlags,
    revision: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 1_000_000,
      description: 'Which one (default: the last that ran before this)',
    },
    wait: { type: 'negatable', description: 'Do not wait until it runs' },
    timeout: {
      type: 'integer',
      metavar: 'SECONDS',
      min: 1,
      max: 86_400,
      description: 'How long to wait (default 600)',
    },
    force: { type: 'boolean', description: 'Overwrite what others have changed' },
    output: outputFlag,
  },
  examples: ['bento deployment rollback iris', 'bento deployment rollback iris --revision 3'],
  async run({ args, flags }, session) {
    const { wait, force, timeout, revision, output } = flags
    const options = {
      wait,
      force,
      timeoutSeconds: timeout ?? 600,
      ...withoutUndefined({ revision }),
    }
    const applied = await atPlace(flags, session, (connection) =>
      connection.rollback(args.name, options),
    )
    if (output === 'json') return session.out.json(applied)
    session.out.result(`Rolled ${args.name} back, as revision ${applied.revision}`)
    session.out.say(`  It runs ${applied.status.bento ?? applied.status.image}`)
  },
})
