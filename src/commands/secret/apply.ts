import { defineCommand } from '../define-command.ts'
import { openCloud, readSecret, secretFlags, secretPositionals, withoutValues } from './flags.ts'

export const secretApplyCommand = defineCommand({
  summary: 'Replace the keys of a secret of BentoCloud',
  positionals: secretPositionals,
  flags: secretFlags,
  examples: ['bento secret apply db URL=postgres://…'],
  async run({ args, flags }, session) {
    const secret = await readSecret(args, flags, session)
    const { applySecret } = await import('../../deploy/bentocloud/secrets.ts')
    await applySecret(await openCloud(flags.context, session), secret)
    if (flags.output === 'json') return session.out.json(withoutValues(secret))
    session.out.result(`Replaced ${args.name}`)
  },
})
