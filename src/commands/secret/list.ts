import { withoutUndefined } from '../../lib/without-undefined.ts'
import { defineCommand } from '../define-command.ts'
import { contextFlag, openCloud } from './flags.ts'

export const secretListCommand = defineCommand({
  summary: 'List the secrets of BentoCloud; never their values',
  flags: {
    ...contextFlag,
    search: { type: 'text', metavar: 'TEXT', description: 'Only those that are like it' },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['table', 'json', 'yaml'],
      default: 'table',
      description: 'Form of the list',
    },
  },
  examples: ['bento secret list', 'bento secret list -o json'],
  async run({ flags }, session) {
    const { out } = session
    const { listSecrets } = await import('../../deploy/bentocloud/secrets.ts')
    const { search } = withoutUndefined(flags)
    const secrets = await listSecrets(await openCloud(flags.context, session), search)
    if (flags.output === 'json') return out.json(secrets)
    if (flags.output === 'yaml') return out.yaml(secrets)
    await out.table(
      ['Secret', 'Mount as', 'Stage', 'Keys', 'Path'].map((title) => ({ title })),
      secrets.map(({ name, type, stage, keys, path }) => [
        name,
        type === 'env' ? 'Environment Variable' : 'File',
        stage,
        keys.join(', '),
        path ?? '-',
      ]),
    )
  },
})
