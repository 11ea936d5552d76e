import { findAccess } from '../../aws/credentials.ts'
import { AwsApi } from '../aws/api.ts'
import type { Target } from '../target.ts'
import { LambdaConnection } from './connection.ts'
import { renderFiles } from './render.ts'

export const lambdaTarget: Target = {
  name: 'lambda',
  render: renderFiles,
  placeOf: ({ lambda: { region } }) => ({ region }),
  async connect(options) {
    const { env, place, signal } = options
    const access = await findAccess(env, { region: place.region })
    return new LambdaConnection(new AwsApi(access, env, signal), options)
  },
}
