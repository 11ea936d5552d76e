import { readFile } from 'node:fs/promises'
import { messageOf } from '../errors.ts'
import { textAt } from '../lib/records.ts'
import { failed, send } from './ask.ts'
import { type AwsCredentials, credentialsOf, type Env } from './keys.ts'
import { assumeWithToken } from './sts.ts'

/** Of EKS and of CI that AWS trusts: their token for keys of a role. */
export async function fromWebIdentity(
  env: Env,
  region: string | undefined,
): Promise<AwsCredentials | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role } = env
  if (!file || !role) return undefined
  const token = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw failed(`"${file}" cannot be read: ${messageOf(cause)}`, cause)
  })
  const { AWS_ROLE_SESSION_NAME: session = 'bento' } = env
  const parameters = { RoleSessionName: session, WebIdentityToken: token.trim() }
  return assumeWithToken(env, { role, region, parameters })
}

const ecsHost = 'http://169.254.170.2'

/** Of ECS, EKS and CodeBuild. */
export async function fromContainer(env: Env): Promise<AwsCredentials | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
  const url =
    relative === undefined ? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] : `${ecsHost}${relative}`
  if (url === undefined) return undefined
  const tokenFile = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
  const token =
    tokenFile === undefined
      ? env['AWS_CONTAINER_AUTHORIZATION_TOKEN']
      : (await readFile(tokenFile, 'utf8')).trim()
  const headers = token === undefined ? {} : { authorization: token }
  return readKeys(url, { headers })
}

const machineHost = 'http://169.254.169.254'
const patienceMs = 1000

/** Of EC2 (IMDSv2); elsewhere nobody answers. */
export async function fromMachine(env: Env): Promise<AwsCredentials | undefined> {
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined
  const base = `${env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || machineHost}/latest`.replace(
    /(?<!:)\/\//,
    '/',
  )
  const ask = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' }
  const signal = AbortSignal.timeout(patienceMs)
  const answer = await fetch(`${base}/api/token`, { method: 'PUT', headers: ask, signal }).catch(
    () => undefined,
  )
  if (answer?.ok !== true) return undefined
  const headers = { 'x-aws-ec2-metadata-token': await answer.text() }
  const roles = `${base}/meta-data/iam/security-credentials/`
  const named = await send(roles, { headers })
  if (!named.ok) return undefined
  return readKeys(`${roles}${(await named.text()).trim()}`, { headers })
}

async function readKeys(url: string, init: RequestInit): Promise<AwsCredentials | undefined> {
  const body: unknown = await send(url, init).then((answer) => answer.json())
  const of = (key: string): string | undefined => textAt(body, key)
  return credentialsOf(of('AccessKeyId'), of('SecretAccessKey'), of('Token'))
}
