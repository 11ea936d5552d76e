import { BentoError } from '../../errors.ts'
import { openQuestions } from '../ask.ts'
import type { Session } from '../context.ts'
import { defineCommand } from '../define-command.ts'
import { outputFlag } from '../output-flag.ts'

export const cloudLoginCommand = defineCommand({
  summary: 'Log in to BentoCloud (not verified against the real cloud)',
  description:
    'Asks BentoCloud who the token belongs to, keeps it in $BENTO_HOME/cloud.yaml for you alone,\nand makes it current.',
  flags: {
    apiToken: {
      type: 'text',
      metavar: 'TOKEN',
      description: 'API token (default: BENTO_CLOUD_API_KEY, or what you are asked for)',
    },
    endpoint: {
      type: 'text',
      metavar: 'URL',
      description: 'Where it is (default: BENTO_CLOUD_API_ENDPOINT, or the public one)',
    },
    context: {
      type: 'text',
      metavar: 'NAME',
      description: 'Name to keep it under (default: default)',
    },
    output: outputFlag,
  },
  examples: ['bento cloud login', 'BENTO_CLOUD_API_KEY=… bento cloud login --context acme'],
  async run({ flags }, session) {
    const { endpointOf, saveContext } = await import('../../deploy/bentocloud/contexts.ts')
    const { findAccount } = await import('../../deploy/bentocloud/account.ts')
    const { env, out } = session
    const endpoint = flags.endpoint ?? endpointOf(env)
    const api_token =
      flags.apiToken ?? (env['BENTO_CLOUD_API_KEY'] || (await ask(session, endpoint)))
    const { context: name = 'default' } = flags
    const account = await findAccount({ name, endpoint, api_token, email: '' })
    await saveContext(env, { name, endpoint, api_token, email: account.email })
    if (flags.output === 'json') return out.json({ name, endpoint, ...account })
    out.result(`Logged in to ${account.organization} as ${account.email}, as context ${name}`)
  },
})

async function ask(session: Session, endpoint: string): Promise<string> {
  const questions = await openQuestions(session)
  const token = await questions?.text(`API token, of ${endpoint}/api_tokens`, '')
  if (token !== undefined && token !== '') return token
  throw new BentoError('CREDENTIALS_MISSING', 'There is no API token to log in with', {
    hint: 'Give it in BENTO_CLOUD_API_KEY, or with --api-token.',
  })
}
