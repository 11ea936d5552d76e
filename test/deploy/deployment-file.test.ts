import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadDeployment } from '../../src/deploy/deployment-file.ts'
import type { DeploymentFlags } from '../../src/deploy/deployment-flags.ts'
import type { Deployment } from '../../src/deploy/deployment-schema.ts'
import { messageOf } from '../../src/errors.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function load(text: string, flags: DeploymentFlags = {}): Promise<Deployment> {
  const file = join(await temporaryFolder(), 'deployment.yaml')
  await writeFile(file, text)
  return loadDeployment(file, flags)
}

async function problemsOf(text: string, flags: DeploymentFlags = {}): Promise<string> {
  try {
    await load(text, flags)
  } catch (error) {
    return messageOf(error).replaceAll(/"?\/[^ :"]*deployment\.yaml"?/g, 'FILE')
  }
  throw new Error('It was accepted')
}

test('reads the fields of BentoML', async () => {
  const deployment = await load(`
name: iris
bento: iris_classifier:v1
envs: [{ name: LOG_LEVEL, value: debug }]
labels: [{ key: team, value: flowers }]
secrets: [iris-keys]
services:
  IrisClassifier:
    scaling: { min_replicas: 2, max_replicas: 5 }
    deployment_strategy: Recreate
    envs: [{ name: WORKERS, value: 2 }]
    config_overrides: { traffic: { timeout: 30 } }
`)
  expect(deployment).toMatchObject({
    name: 'iris',
    bento: 'iris_classifier:v1',
    envs: [{ name: 'LOG_LEVEL', value: 'debug' }],
    labels: [{ key: 'team', value: 'flowers' }],
    secrets: [{ name: 'iris-keys' }],
    services: {
      IrisClassifier: {
        scaling: { min_replicas: 2, max_replicas: 5 },
        deployment_strategy: 'Recreate',
        envs: [{ name: 'WORKERS', value: '2' }],
        config_overrides: { traffic: { timeout: 30 } },
      },
    },
  })
})

test('names everything that is wrong at once, each with its line', async () => {
  const text = `
name: Iris!
scaling: { min_replicas: 3, max_replicas: 2 }
envs: [{ name: 1a }]
kubernetes:
  servce: { type: LoadBalancer }
  port: 70000
  resources: { requests: { cpu: lots } }
`
  expect(await problemsOf(text)).toMatchInlineSnapshot(`
"FILE has 6 problems
✖ FILE:2:1 must be up to 63 of a-z, 0-9 and "-", and begin and end with a letter or a digit → at name
✖ FILE:3:12 min_replicas is above max_replicas → at scaling.min_replicas
✖ FILE:4:10 must be letters, digits and "_", and not start with a digit → at envs[0].name
✖ FILE:6:3 Unknown key "servce", did you mean "service"? → at kubernetes
✖ FILE:7:3 Too big: expected number to be <=65535 → at kubernetes.port
✖ FILE:8:28 must be a quantity, as "500m", 2 or "4Gi" → at kubernetes.resources.requests.cpu"
`)
})

test('says what keys of other files mean here', async () => {
  const text = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: iris }\ncluster: google\n'
  expect(await problemsOf(text)).toMatchInlineSnapshot(`
"FILE has 4 problems
✖ FILE:1:1 "apiVersion" is of a Kubernetes manifest; this file is a deployment.yaml of bento
✖ FILE:2:1 "kind" is of a Kubernetes manifest; this file is a deployment.yaml of bento
✖ FILE:3:1 "metadata" is of a Kubernetes manifest; this file is a deployment.yaml of bento
✖ FILE:4:1 "cluster" is bentocloud.cluster for BentoCloud; elsewhere use kubernetes.context and kubernetes.namespace"
`)
})

test('lets flags win over the file', async () => {
  const text =
    'name: iris\nimage: a\nenvs: [{ name: A, value: 1 }, { name: B, value: 2 }]\nsecrets: [one]\n'
  const deployment = await load(text, {
    name: 'wine',
    image: 'b',
    env: { B: '3', C: '4' },
    secret: ['two'],
    scalingMax: 4,
    set: { 'kubernetes.service.type': 'NodePort', 'kubernetes.port': '8080' },
  })
  expect(deployment).toMatchObject({
    name: 'wine',
    image: 'b',
    envs: [
      { name: 'A', value: '1' },
      { name: 'B', value: '3' },
      { name: 'C', value: '4' },
    ],
    secrets: [{ name: 'one' }, { name: 'two' }],
    scaling: { max_replicas: 4 },
    kubernetes: { service: { type: 'NodePort' }, port: 8080 },
  })
})

test('names the flag when that is what is wrong', async () => {
  const flags = { set: { 'kubernetes.port': 'x', 'kubernetes.prot': '1' }, strategy: 'Fast' }
  expect(await problemsOf('name: iris\n', flags)).toMatchInlineSnapshot(`
"FILE has 3 problems
✖ --strategy Invalid option: expected one of "RollingUpdate"|"Recreate"|"RampedSlowRollout"|"BestEffortControlledRollout" → at deployment_strategy
✖ --set kubernetes.port Invalid input: expected number, received string → at kubernetes.port
✖ --set kubernetes.prot Unknown key "prot", did you mean "port"? → at kubernetes"
`)
})

test('never writes into a prototype', async () => {
  await expect(load('name: iris\n', { set: { '__proto__.polluted': '1' } })).rejects.toMatchObject({
    code: 'DEPLOYMENT_INVALID',
  })
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test.each(['\\u0000', '\\u001b', '\\u2028', '\\ud800', '\\u0085'])(
  'refuses text with %s, which not every parser reads',
  async (character) => {
    expect(await problemsOf(`name: iris\nimage: "a${character}"\n`)).toContain('control character')
  },
)

test('fails for a file that is not there', async () => {
  await expect(loadDeployment('/nowhere/deployment.yaml', {})).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  })
})

test('fails for a file that is no mapping', async () => {
  expect(await problemsOf('- iris\n')).toContain('must be a mapping')
})
