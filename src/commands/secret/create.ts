import { defineCommand } from '../define-command.ts'
import { openCloud, readSecret, secretFlags, secretPositionals, withoutValues } from './flags.ts'

export const secretCreateCommand = defineCommand({
  summary: 'Make a secret of BentoCloud',
  positionals: secretPositionals,
  flags: secretFlags,
  examples: [
    'bento secret create db URL=postgres://…',
    'bento secret create tls -t file key=@key.pem',
  ],
  async run({ args, flags }, session) {
    const secret = await readSecret(args, flags, session)
    const { createSecret } = await import('../../deploy/bentocloud/secrets.ts')
    await createSecret(await openCloud(flags.context, session), secret)
    if (flags.output === 'json') return session.out.json(withoutValues(secret))
    session.out.result(`Created ${args.name}`)
  },
})
