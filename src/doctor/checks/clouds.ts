import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathExists } from '../../lib/files.ts'
import { type Check, error, type Finding, note, ok, type Place } from '../check.ts'

interface Cloud {
  readonly name: string
  /** Variables that hold credentials by themselves. */
  readonly variables: readonly string[]
  /** The variable that names a file of credentials, and where that file is otherwise, below the home folder. */
  readonly fileVariable: string
  readonly file: readonly string[]
  readonly login: string
}

const known: readonly Cloud[] = [
  {
    name: 'AWS',
    variables: [
      'AWS_ACCESS_KEY_ID',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    ],
    fileVariable: 'AWS_SHARED_CREDENTIALS_FILE',
    file: ['.aws', 'credentials'],
    login: 'aws configure',
  },
  {
    name: 'Google Cloud',
    variables: [],
    fileVariable: 'GOOGLE_APPLICATION_CREDENTIALS',
    file: ['.config', 'gcloud', 'application_default_credentials.json'],
    login: 'gcloud auth application-default login',
  },
  {
    name: 'Azure',
    variables: ['AZURE_CLIENT_ID'],
    fileVariable: 'AZURE_AUTH_LOCATION',
    file: ['.azure', 'azureProfile.json'],
    login: 'az login',
  },
]

/** Where credentials of clouds are; not whether they are good, which only the cloud can say. */
export const clouds: Check = {
  name: 'clouds',
  async run({ env }) {
    return Promise.all(known.map((cloud) => findingOf(cloud, env)))
  },
}

async function findingOf(cloud: Cloud, env: Place['env']): Promise<Finding> {
  const variable = cloud.variables.find((name) => env[name])
  if (variable !== undefined) return ok(`${cloud.name}: credentials in ${variable}`)
  const named = env[cloud.fileVariable]
  const file = named || join(env['HOME'] || homedir(), ...cloud.file)
  if (await pathExists(file)) return ok(`${cloud.name}: credentials in ${file}`)
  if (named) {
    const message = `${cloud.fileVariable} names "${named}", which is not there`
    return error(message, `Run \`${cloud.login}\`, or correct it.`)
  }
  return note(`${cloud.name}: no credentials`, `Run \`${cloud.login}\` before you deploy there.`)
}
