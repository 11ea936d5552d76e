import { defineCommand } from '../define-command.ts'

export const cloudListContextCommand = defineCommand({
  summary: 'Print the names of all accounts of BentoCloud as JSON',
  examples: ['bento cloud list-context'],
  async run(_, { env, out }) {
    const { readContexts } = await import('../../deploy/bentocloud/contexts.ts')
    const { contexts } = await readContexts(env)
    out.json(contexts.map(({ name }) => name))
  },
})
