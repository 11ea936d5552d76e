import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { findAzureAccess } from '../../../src/deploy/azure/credentials.ts'
import { runUntil } from '../../commands/follow.ts'
import { type BentoResult, runBento } from '../../commands/run-bento.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { type FakeAzure, fakeAzure } from './fake-azure.ts'

const resource = 'https://management.azure.com'
let azure: FakeAzure

beforeAll(async () => {
  azure = await fakeAzure()
})

afterAll(() => azure.close())

beforeEach(() => {
  azure.asked.length = 0
  azure.apps.clear()
})

/** As on a machine that is none of Azure's. */
const nowhere = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9', PATH: '/nowhere' }
const client = (): Record<string, string> => ({
  AZURE_AUTHORITY_HOST: azure.url,
  AZURE_TENANT_ID: 'tenant',
  AZURE_CLIENT_ID: 'client',
})

test('takes the secret of a client, and asks for one token only', async () => {
  const access = await findAzureAccess({ ...client(), AZURE_CLIENT_SECRET: 'right' }, resource)
  expect([await access.token(), await access.token()]).toEqual(['the-token', 'the-token'])
  expect(azure.asked).toHaveLength(1)
  expect(azure.asked[0]?.url).toBe('/tenant/oauth2/v2.0/token')
  expect(Object.fromEntries(new URLSearchParams(azure.asked[0]?.form))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client',
    scope: `${resource}/.default`,
    client_secret: 'right',
  })
})

test('takes the identity of a workload: its token for one of Azure', async () => {
  const file = join(await temporaryFolder(), 'token')
  await writeFile(file, 'from-kubernetes')
  const access = await findAzureAccess({ ...client(), AZURE_FEDERATED_TOKEN_FILE: file }, resource)
  expect(await access.token()).toBe('the-token')
  expect(azure.asked[0]?.form).toContain('client_assertion=from-kubernetes')
})

test('takes the managed identity of a host, and of a machine', async () => {
  const host = { IDENTITY_ENDPOINT: `${azure.url}/msi`, IDENTITY_HEADER: 'h' }
  expect(await (await findAzureAccess(host, resource)).token()).toBe('the-token')
  const machine = { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.url }
  expect(await (await findAzureAccess(machine, resource)).token()).toBe('the-token')
  const ask = `resource=${encodeURIComponent(resource)}`
  expect(azure.asked.map(({ url }) => url)).toEqual([
    `/msi?api-version=2019-08-01&${ask}`,
    `/metadata/identity/oauth2/token?api-version=2018-02-01&${ask}`,
  ])
  expect(
    azure.asked.map(({ headers }) => [headers['x-identity-header'], headers['metadata']]),
  ).toEqual([
    ['h', undefined],
    [undefined, 'true'],
  ])
})

async function az(script: string): Promise<Record<string, string>> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'az'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'az'), 0o755)
  return { ...nowhere, PATH: folder }
}

test('takes whoever is logged in with az, and the subscription that az is at', async () => {
  const answer = { accessToken: 'of-az', expires_on: 4_102_444_800, subscription: 'sub' }
  const access = await findAzureAccess(await az(`echo '${JSON.stringify(answer)}'`), resource)
  expect([await access.token(), access.subscription]).toEqual(['of-az', 'sub'])
})

test('says in one line what is missing, and what is wrong', async () => {
  await expect(findAzureAccess(nowhere, resource)).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: 'There are no credentials for Azure',
  })
  const loggedOut = await az('echo "ERROR: Please run az login" >&2; exit 1')
  await expect(findAzureAccess(loggedOut, resource)).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: '`az` gives no token: ERROR: Please run az login',
  })
  const wrong = findAzureAccess({ ...client(), AZURE_CLIENT_SECRET: 'wrong' }, resource)
  await expect(wrong).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: 'Azure takes no such client: AADSTS7000215: Invalid client secret.',
  })
})

const environment = (): Record<string, string> => ({
  ...client(),
  AZURE_CLIENT_SECRET: 'right',
  AZURE_RESOURCE_MANAGER_ENDPOINT: azure.url,
})

function bento(line: string, env: object = {}): Promise<BentoResult> {
  return runBento(line, { env: { ...environment(), ...env } })
}

function registryFlags(variable: string): string {
  const of = { server: 'iris.azurecr.io', username: 'u', password_env: variable }
  const flags = Object.entries(of).map(([key, value]) => `--set azure.registry.${key}=${value}`)
  return flags.join(' ')
}

test('wants a subscription, a resource group and an environment, each in one line', async () => {
  const noGroup = await bento('deployment list -t azure')
  expect([noGroup.code, noGroup.stderr]).toEqual([
    2,
    expect.stringMatching(/^CREDENTIALS_MISSING: Nothing says which resource group/),
  ])
  const noSubscription = await bento('deployment list -t azure', { AZURE_RESOURCE_GROUP: 'g' })
  expect(noSubscription.stderr).toMatch(/^CREDENTIALS_MISSING: Nothing says which subscription/)
  const noPlace = await bento('deploy -t azure -n iris --image a/b:c --project s/g')
  expect(noPlace.stderr).toMatch(/DEPLOYMENT_INVALID: Nothing says which environment/)
  const noPassword = await bento(
    `deploy -t azure -n iris --image a/b:c --project s/g --set azure.environment=e ${registryFlags('NONE')}`,
  )
  expect(noPassword.stderr).toMatch(
    /CREDENTIALS_MISSING: NONE holds no password for iris.azurecr.io/,
  )
  expect(azure.problems.splice(0)).toEqual([])
})

test('sends the password of a registry, and shows it nowhere', async () => {
  const registry = registryFlags('REGISTRY_PASSWORD')
  const line = `deploy -t azure -n iris --image a/b:c --project s/g --set azure.environment=e ${registry}`
  const deployed = await bento(line, { REGISTRY_PASSWORD: 'hunter2' })
  expect(deployed.code).toBe(0)
  expect(JSON.stringify(azure.apps.get('iris')?.body)).toContain('"value":"hunter2"')
  const again = await bento(line, { REGISTRY_PASSWORD: 'hunter2' })
  expect(again.stdout).toContain('nothing changed')
  const rendered = await bento(`${line} --render -`, { REGISTRY_PASSWORD: 'hunter2' })
  expect(JSON.stringify([deployed, again, rendered])).not.toContain('hunter2')
  expect(azure.problems.splice(0)).toEqual([])
})

test('lists, reads the log, and takes away', async () => {
  await bento('deploy -t azure -n iris --image a/b:c --project s/g --set azure.environment=e')
  const at = '-t azure --project s/g'
  expect((await bento(`deployment list ${at}`)).stdout).toMatch(/iris .*running/)
  const log = await bento(`deployment logs iris ${at} --lines 7`)
  expect([log.code, log.stdout]).toEqual([0, 'one\ntwo\n'])
  const read = azure.asked.find(({ url }) => url.startsWith('/log'))
  expect([read?.url, read?.headers['authorization']]).toEqual([
    '/log/iris--v1?follow=false&tailLines=7&output=text',
    'Bearer log-token',
  ])
  const followed = await runUntil('two', `deployment logs iris ${at} --follow --lines 1000`, {
    env: environment(),
  })
  expect([followed.code, followed.stdout]).toEqual([0, 'one\ntwo\n'])
  expect(azure.asked.at(-1)?.url).toBe('/log/iris--v1?follow=true&tailLines=300&output=text')
  const { code, stdout } = await bento(`deployment delete iris ${at} --yes -o json`)
  expect([code, JSON.parse(stdout)]).toEqual([0, { name: 'iris', removed: ['App/iris'] }])
  expect((await bento(`deployment get iris ${at}`)).stderr).toMatch(/^DEPLOYMENT_NOT_FOUND/)
})

test('leaves alone what is not its own', async () => {
  const line = 'deploy -t azure -n iris --image a/b:c --project s/g --set azure.environment=e'
  await bento(line)
  Object.assign(azure.apps.get('iris')?.body ?? {}, { tags: {} })
  expect((await bento(line)).stderr).toMatch(/^DEPLOY_CONFLICT/m)
  expect((await bento('deployment list -t azure --project s/g -o json')).stdout).toBe('[]\n')
  expect((await bento(`${line} --force`)).code).toBe(0)
})
