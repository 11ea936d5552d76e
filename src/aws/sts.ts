import { AwsClient } from 'aws4fetch'
import { failed, send } from './ask.ts'
import { type AwsCredentials, credentialsOf, type Env } from './keys.ts'

export interface Loan {
  readonly role: string
  readonly region: string | undefined
  /** What else the operation takes. */
  readonly parameters: Readonly<Record<string, string>>
}

/** With a token that says who one is; nothing is signed. */
export async function assumeWithToken(env: Env, loan: Loan): Promise<AwsCredentials> {
  const body = bodyOf('AssumeRoleWithWebIdentity', loan)
  return keysIn(await send(endpointOf(env, loan), { method: 'POST', body }), loan)
}

/** With the keys of whoever may have the role. */
export async function assumeWithKeys(
  env: Env,
  keys: AwsCredentials,
  loan: Loan,
): Promise<AwsCredentials> {
  const { region = 'us-east-1' } = loan
  const signer = new AwsClient({ ...keys, region, service: 'sts' })
  const body = bodyOf('AssumeRole', loan).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const signed = await signer.sign(endpointOf(env, loan), { method: 'POST', headers, body })
  return keysIn(await send(signed.url, { method: 'POST', headers: signed.headers, body }), loan)
}

function bodyOf(action: string, { role, parameters }: Loan): URLSearchParams {
  return new URLSearchParams({
    Action: action,
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: 'bento',
    ...parameters,
  })
}

function endpointOf(env: Env, { region }: Loan): string {
  const domain = region?.startsWith('cn-') === true ? 'amazonaws.com.cn' : 'amazonaws.com'
  const host = region === undefined ? `sts.${domain}` : `sts.${region}.${domain}`
  return env['AWS_ENDPOINT_URL_STS'] ?? env['AWS_ENDPOINT_URL'] ?? `https://${host}`
}

async function keysIn(answer: Response, { role }: Loan): Promise<AwsCredentials> {
  const text = await answer.text()
  const of = (key: string): string | undefined => new RegExp(`<${key}>([^<]+)<`).exec(text)?.[1]
  const found = credentialsOf(of('AccessKeyId'), of('SecretAccessKey'), of('SessionToken'))
  if (found !== undefined) return found
  throw failed(`AWS does not lend the role ${role}: ${of('Message') ?? 'it says nothing'}`)
}
