import { expect, test } from '@jest/globals'
import { manifestOf, specOf } from './spec-of.ts'

test('takes what the service says of itself from the bento', async () => {
  const config = {
    resources: { cpu: '2', memory: '4Gi', gpu: 1 },
    traffic: { timeout: 10, concurrency: 32 },
    metrics: { port: 3001 },
  }
  expect(await specOf({}, { manifest: manifestOf({ config }) })).toMatchObject({
    name: 'iris',
    bento: 'iris_classifier:v1',
    resources: { cpu: '2', memory: '4Gi', gpu: 1 },
    timeout: 10,
    concurrency: 32,
    metrics: { namespace: 'bentoml', port: 3001 },
  })
})

test('makes a name that Kubernetes takes of the name of the bento', async () => {
  const options = { flags: { set: {}, image: 'a:1' }, manifest: manifestOf({ name: 'iris_v.2_' }) }
  const { loadDeployment } = await import('../../src/deploy/deployment-file.ts')
  const { resolveSpec } = await import('../../src/deploy/spec.ts')
  const deployment = await loadDeployment(undefined, options.flags)
  expect((await resolveSpec(deployment, options.manifest)).name).toBe('iris-v-2')
  await expect(resolveSpec(deployment)).rejects.toMatchObject({ code: 'DEPLOYMENT_INVALID' })
})

test('lets what is said of the service win over what is said for all', async () => {
  const set = {
    scaling: { min_replicas: 1 },
    config_overrides: { traffic: { timeout: 5, concurrency: 3 } },
    envs: [{ name: 'A', value: '1' }],
    services: {
      IrisClassifier: {
        scaling: { min_replicas: 4 },
        config_overrides: { traffic: { timeout: 7 } },
        envs: [{ name: 'A', value: '2' }],
      },
    },
  }
  const spec = await specOf(set, { manifest: manifestOf() })
  expect(spec).toMatchObject({ scaling: { min: 4, max: 4 }, timeout: 7, concurrency: 3 })
  expect(spec.envs).toEqual([
    { name: 'A', value: '2' },
    { name: 'BENTO_CONFIG_OVERRIDES', value: '{"traffic":{"timeout":7,"concurrency":3}}' },
  ])
})

test('refuses a service that the bento does not have', async () => {
  const set = { services: { IrisClasifier: {} } }
  await expect(specOf(set, { manifest: manifestOf() })).rejects.toMatchObject({
    code: 'DEPLOYMENT_INVALID',
    hint: 'Write it as IrisClassifier below services.',
  })
})

test('checks options that are overridden as the service will', async () => {
  const set = { config_overrides: { traffic: { timeout: -1 } } }
  await expect(specOf(set)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('wants every variable that the service needs, unless a secret may hold it', async () => {
  const manifest = manifestOf({ envs: [{ name: 'TOKEN', value: '', stage: 'all' }] })
  await expect(specOf({}, { manifest })).rejects.toMatchObject({ code: 'ENV_MISSING' })
  await expect(specOf({ secrets: ['keys'] }, { manifest })).resolves.toBeDefined()
  const other = { secrets: [{ name: 'keys', env: 'OTHER', key: 'other' }] }
  await expect(specOf(other, { manifest })).rejects.toMatchObject({ code: 'ENV_MISSING' })
})

test.each([
  [{}, { min: 1, max: 1 }],
  [{ min_replicas: 3 }, { min: 3, max: 3 }],
  [{ max_replicas: 3 }, { min: 1, max: 3 }],
  [{ min_replicas: 0 }, { min: 0, max: 1 }],
])('scales %j as %j', async (scaling, expected) => {
  expect((await specOf({ scaling })).scaling).toMatchObject(expected)
})

test('leaves it to the target whether an image must be named', async () => {
  const { loadDeployment } = await import('../../src/deploy/deployment-file.ts')
  const { resolveSpec } = await import('../../src/deploy/spec.ts')
  const { renderObjects } = await import('../../src/deploy/kubernetes/render.ts')
  const spec = await resolveSpec(await loadDeployment(undefined, { name: 'a' }))
  expect(spec.image).toBeUndefined()
  expect(() => renderObjects(spec)).toThrow('Nothing says which image to run')
})

test.each(['a b', 'a\nb: c', 'iris@sha256:zz'])('refuses the image %j', async (image) => {
  await expect(specOf({ image })).rejects.toMatchObject({ code: 'DEPLOYMENT_INVALID' })
})
