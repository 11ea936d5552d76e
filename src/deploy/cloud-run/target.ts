import { BentoError } from '../../errors.ts'
import { RestApi } from '../rest-api.ts'
import type { Target } from '../target.ts'
import { CloudRunConnection } from './connection.ts'
import { findGoogleAccess } from './credentials.ts'
import { renderFiles } from './render.ts'

export const cloudRunTarget: Target = {
  name: 'cloud-run',
  render: renderFiles,
  placeOf: ({ cloud_run: { project, region } }) => ({ project, region }),
  async connect(options) {
    const { env, place, signal } = options
    const region = requirePlace(place.region ?? env['GOOGLE_CLOUD_REGION'], 'region')
    const access = await findGoogleAccess(env)
    const named = place.project ?? env['GOOGLE_CLOUD_PROJECT'] ?? access.project
    const project = requirePlace(named, 'project')
    const base = env['CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN'] ?? 'https://run.googleapis.com/'
    const api = new RestApi({
      vendor: 'Google Cloud',
      base: `${base.replace(/\/$/, '')}/v2/`,
      token: access.token,
      signal,
    })
    return new CloudRunConnection(api, {
      ...options,
      parent: `projects/${project}/locations/${region}`,
      token: access.token,
    })
  },
}

function requirePlace(found: string | undefined, what: 'region' | 'project'): string {
  if (found !== undefined && found !== '') return found
  throw new BentoError('CREDENTIALS_MISSING', `Nothing says which ${what} of Google Cloud to use`, {
    hint: `Name it with --${what}, with cloud_run.${what} in the deployment.yaml, or in GOOGLE_CLOUD_${what.toUpperCase()}.`,
  })
}
