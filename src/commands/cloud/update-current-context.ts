import { defineCommand } from '../define-command.ts'
import { outputFlag } from '../output-flag.ts'

export const cloudUpdateCurrentContextCommand = defineCommand({
  summary: 'Make another account of BentoCloud the current one',
  positionals: { name: { description: 'Name of a context', completes: 'nothing' } },
  flags: { output: outputFlag },
  examples: ['bento cloud update-current-context acme'],
  async run({ args, flags }, { env, out }) {
    const { useContext } = await import('../../deploy/bentocloud/contexts.ts')
    await useContext(env, args.name)
    if (flags.output === 'json') return out.json({ name: args.name })
    out.result(`${args.name} is current`)
  },
})
