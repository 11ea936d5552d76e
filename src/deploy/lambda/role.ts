import { BentoError } from '../../errors.ts'
import { type AwsApi, requireOk } from '../aws/api.ts'

/** The ARN of the role that a function runs as. */
export async function requireRole(api: AwsApi, role: string | undefined): Promise<string> {
  if (role === undefined || role === '') {
    throw new BentoError('DEPLOYMENT_INVALID', 'Nothing says which role the function runs as', {
      hint: 'Name an IAM role with --set lambda.role=NAME; it needs the policy AWSLambdaBasicExecutionRole.',
    })
  }
  if (role.startsWith('arn:')) return role
  const body = new URLSearchParams({ Action: 'GetRole', RoleName: role, Version: '2010-05-08' })
  const answer = await api.call({
    service: 'iam',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  })
  const xml = String(requireOk(answer, `to show the role "${role}"`))
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(xml)?.[1]
  if (arn !== undefined) return arn
  throw new BentoError('DEPLOY_REFUSED', `IAM does not say what the role "${role}" is`, {
    hint: 'Give the ARN of the role instead of its name.',
  })
}
