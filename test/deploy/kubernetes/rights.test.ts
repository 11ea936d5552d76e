import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { isRecord, textAt } from '../../../src/lib/records.ts'
import type { BentoResult } from '../../commands/run-bento.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { onCluster, openCluster } from './cluster.ts'

const cluster = openCluster('rights')
const { call, namespace } = cluster
const roles = 'rbac.authorization.k8s.io/v1'

/** A kubeconfig of an account that may do only this in the namespace. */
async function accountThatMay(name: string, rules: readonly object[]): Promise<string> {
  const metadata = { name }
  await call('v1/serviceaccounts', { method: 'POST', body: { metadata } })
  await call(`${roles}/roles`, { method: 'POST', body: { metadata, rules } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  await call(`${roles}/rolebindings`, { method: 'POST', body: { metadata, roleRef, subjects } })
  const path = `v1/serviceaccounts/${name}/token`
  const { body } = await call(path, { method: 'POST', body: { spec: {} } })
  const whole: unknown = parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8'))
  if (!isRecord(whole) || !Array.isArray(whole['users'])) throw new Error('no kubeconfig')
  const user = { token: textAt(body, 'status', 'token') }
  const users = whole['users'].map((one: unknown) => ({ name: textAt(one, 'name'), user }))
  const file = join(await temporaryFolder(), 'config')
  await writeFile(file, JSON.stringify({ ...whole, users }))
  return file
}

onCluster(() => {
  let KUBECONFIG: string
  const bento = async (line: string): Promise<BentoResult> => {
    const result = await cluster.bento(line, { env: { KUBECONFIG } })
    return { ...result, stderr: result.stderr.replaceAll(namespace, 'models') }
  }
  const deploy = (name: string, tag: string, more = ''): Promise<BentoResult> =>
    bento(`deploy -t kubernetes -q --image bento.local/iris:${tag} --name ${name}${more}`)

  beforeAll(async () => {
    const verbs = ['get', 'list', 'create', 'patch', 'update', 'delete']
    KUBECONFIG = await accountThatMay('deployer', [
      { apiGroups: ['apps'], resources: ['deployments'], verbs },
      { apiGroups: [''], resources: ['services', 'secrets'], verbs },
    ])
  })

  test('who may not see pods deploys, waits and deletes all the same', async () => {
    const { code, stdout } = await deploy('blind', 'v1', ' -o json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ status: { status: 'running', ready: 1 } })
    const got = await bento('deployment get blind -o json')
    expect(JSON.parse(got.stdout)).toMatchObject({ revisions: [{ status: 'deployed' }] })
    const gone = await bento('deployment delete blind --yes')
    expect([gone.code, gone.stdout]).toEqual([0, 'Deleted blind\n'])
    expect(gone.stderr).toContain('Not waiting: pods may not be seen')
  })

  test('and is told that this is why nobody knows what is wrong', async () => {
    const { code, stderr } = await deploy('dark', 'crash', ' --timeout 2')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /DEPLOY_TIMEOUT: Revision 1 of "dark" does not run after 2 s: Nothing says why: .* to list ReplicaSets with 403: /,
    )
  })

  test('names the right that a log needs, and one that a deploy needs', async () => {
    await deploy('mute', 'v1')
    const { stderr } = await bento('deployment logs mute')
    expect(stderr).toMatch(/^DEPLOY_REFUSED: .* with 403: .*\n {2}Ask for that right in the name/)
    const limited = await deploy('more', 'v1', ' --set kubernetes.network_policy=true')
    expect(limited.stderr).toMatch(/DEPLOY_REFUSED: .*NetworkPolicy\/more with 403/)
    expect((await call('apps/v1/deployments/more')).status).toBe(404)
  })
})
