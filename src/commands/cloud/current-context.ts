import { defineCommand } from '../define-command.ts'

export const cloudCurrentContextCommand = defineCommand({
  summary: 'Print the current account of BentoCloud as JSON, its token cut off',
  flags: {
    context: { type: 'text', metavar: 'NAME', description: 'Another than the current one' },
  },
  examples: ['bento cloud current-context'],
  async run({ flags }, { env, out }) {
    const { requireContext } = await import('../../deploy/bentocloud/contexts.ts')
    const { api_token, ...rest } = await requireContext(env, flags.context)
    out.json({ ...rest, api_token: `${api_token.slice(0, 4)}…` })
  },
})
