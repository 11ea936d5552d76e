import type { LogLine } from '../../deploy/target.ts'
import { defineCommand } from '../define-command.ts'
import { outputFlag } from '../output-flag.ts'
import { atPlace, placeFlags } from './flags.ts'

export const deploymentLogsCommand = defineCommand({
  summary: 'Print what the replicas of a deployment have logged',
  positionals: { name: { description: 'Name of the deployment', completes: 'nothing' } },
  flags: {
    ...placeFlags,
    follow: { type: 'boolean', description: 'Go on until Ctrl-C' },
    lines: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 1_000_000,
      description: 'Last lines of each replica (default 100)',
    },
    output: { ...outputFlag, description: 'json: one JSON object a line' },
  },
  examples: [
    'bento deployment logs iris',
    'bento deployment logs iris --follow --lines 10',
    'bento deployment logs iris -o json',
  ],
  async run({ args, flags }, session) {
    const { follow, lines } = flags
    const render = flags.output === 'json' ? renderJson : renderText
    const options = { follow, lines: lines ?? 100 }
    await atPlace(flags, session, async (connection, stop) => {
      try {
        for await (const line of await connection.logs(args.name, options)) {
          session.out.result(render(line))
        }
      } catch (error) {
        // Ctrl-C is how a log that is followed ends.
        if (!follow || !stop.aborted) throw error
      }
    })
  },
})

function renderText({ text, replica, isMixed }: LogLine): string {
  return isMixed ? `${replica}: ${text}` : text
}

function renderJson({ text, replica }: LogLine): string {
  return JSON.stringify({ replica, text })
}
