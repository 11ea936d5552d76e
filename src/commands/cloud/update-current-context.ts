import { defineCommand } from '../define-command.ts'

export const cloudUpdateCurrentContextCommand = defineCommand({
  summary: 'Make another account of BentoCloud the current one',
  positionals: { name: { description: 'Name of a context', completes: 'nothing' } },
  examples: ['bento cloud update-current-context acme'],
  async run({ args }, { env, out }) {
    const { useContext } = await import('../../deploy/bentocloud/contexts.ts')
    await useContext(env, args.name)
    out.result(`${args.name} is current`)
  },
})
