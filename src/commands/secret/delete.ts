import { confirm } from '../confirm.ts'
import { defineCommand } from '../define-command.ts'
import { outputFlag } from '../output-flag.ts'
import { contextFlag, nameOfSecret, openCloud } from './flags.ts'

export const secretDeleteCommand = defineCommand({
  summary: 'Delete a secret of BentoCloud',
  positionals: { name: nameOfSecret },
  flags: {
    ...contextFlag,
    yes: { type: 'boolean', short: 'y', description: 'Do not ask' },
    output: outputFlag,
  },
  examples: ['bento secret delete db', 'bento secret delete db --yes'],
  async run({ args: { name }, flags }, session) {
    const { out } = session
    if (!flags.yes && !(await confirm(`Delete the secret "${name}"?`, session))) {
      out.say('Deleted nothing')
      return
    }
    const { deleteSecret } = await import('../../deploy/bentocloud/secrets.ts')
    await deleteSecret(await openCloud(flags.context, session), name)
    if (flags.output === 'json') return out.json({ name })
    out.result(`Deleted ${name}`)
  },
})
