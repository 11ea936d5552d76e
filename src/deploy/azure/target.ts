import { BentoError } from '../../errors.ts'
import { RestApi } from '../rest-api.ts'
import type { Target } from '../target.ts'
import { Apps } from './apps.ts'
import { AzureConnection } from './connection.ts'
import { findAzureAccess } from './credentials.ts'
import { renderFiles } from './render.ts'

const publicCloud = 'https://management.azure.com/'

export const azureTarget: Target = {
  name: 'azure',
  render: renderFiles,
  placeOf: ({ azure: { subscription = '', resource_group = '' } }) => ({
    project: subscription + resource_group === '' ? undefined : `${subscription}/${resource_group}`,
  }),
  async connect(options) {
    const { env, place, signal } = options
    const [named, group] = (place.project ?? '').split('/')
    const resourceGroup = requirePlace(group || env['AZURE_RESOURCE_GROUP'], 'resource group')
    const base = (env['AZURE_RESOURCE_MANAGER_ENDPOINT'] || publicCloud).replace(/\/?$/, '/')
    const access = await findAzureAccess(env, base.replace(/\/$/, ''))
    const known = named || env['AZURE_SUBSCRIPTION_ID'] || access.subscription
    const subscription = requirePlace(known, 'subscription')
    const api = new RestApi({ vendor: 'Azure', base, token: access.token, signal })
    const apps = new Apps(api, {
      base,
      group: `subscriptions/${subscription}/resourceGroups/${resourceGroup}`,
    })
    return new AzureConnection(apps, options)
  },
}

function requirePlace(found: string | undefined, what: string): string {
  if (found !== undefined && found !== '') return found
  const key = what.replace(' ', '_')
  const variable = what === 'subscription' ? 'AZURE_SUBSCRIPTION_ID' : 'AZURE_RESOURCE_GROUP'
  throw new BentoError('CREDENTIALS_MISSING', `Nothing says which ${what} of Azure to use`, {
    hint: `Name it with --project SUBSCRIPTION/GROUP, with azure.${key} in the deployment.yaml, or in ${variable}.`,
  })
}
