import { expect, test } from '@jest/globals'
import { valueAt } from '../../../src/lib/records.ts'
import { containerOf, objectOf, podOf } from './object-of.ts'

test('lets a patch change any field, meeting containers by name', async () => {
  const patches = [
    {
      kind: 'Deployment',
      merge: {
        metadata: { labels: { extra: 'yes' } },
        spec: {
          strategy: null,
          template: {
            spec: {
              containers: [
                { name: 'bento', livenessProbe: null, tty: true },
                { name: 'proxy', image: 'proxy:1' },
              ],
            },
          },
        },
      },
    },
    { kind: 'Service', json: [{ op: 'add', path: '/spec/ports/-', value: { port: 81 } }] },
    { kind: 'Service', name: 'iris', json: [{ op: 'remove', path: '/spec/ports/0/protocol' }] },
    {
      kind: 'Service',
      json: [{ op: 'replace', path: '/metadata/labels/app.kubernetes.io~1name', value: 'wine' }],
    },
  ]
  const deployment = await objectOf('Deployment', { kubernetes: { patches } })
  expect(deployment).toMatchObject({ metadata: { labels: { extra: 'yes' } } })
  expect(deployment).not.toHaveProperty('spec.strategy')
  expect(valueAt(podOf(deployment), 'containers')).toMatchObject([
    { name: 'bento', tty: true, readinessProbe: {} },
    { name: 'proxy', image: 'proxy:1' },
  ])
  expect(containerOf(deployment)).not.toHaveProperty('livenessProbe')
  expect(await objectOf('Service', { kubernetes: { patches } })).toMatchObject({
    metadata: { labels: { 'app.kubernetes.io/name': 'wine' } },
    spec: { ports: [{ name: 'http', port: 80 }, { port: 81 }] },
  })
})

test.each([
  ['for what is not rendered', { kind: 'Ingress', merge: {} }],
  ['of the name', { kind: 'Service', merge: { metadata: { name: 'other' } } }],
  ['of the namespace', { kind: 'Service', merge: { metadata: { namespace: 'other' } } }],
  [
    'of whose it is',
    {
      kind: 'Service',
      merge: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'helm' } } },
    },
  ],
  ['of all labels', { kind: 'Service', json: [{ op: 'remove', path: '/metadata/labels' }] }],
  [
    'of what is not there',
    { kind: 'Service', json: [{ op: 'replace', path: '/spec/a/b', value: 1 }] },
  ],
  ['beyond a list', { kind: 'Service', json: [{ op: 'remove', path: '/spec/ports/1' }] }],
])('refuses a patch %s', async (_, patch) => {
  await expect(objectOf('Service', { kubernetes: { patches: [patch] } })).rejects.toMatchObject({
    code: 'DEPLOYMENT_INVALID',
  })
})

test.each([
  [{ labels: [{ key: 'a b', value: 'c' }] }, 'is no label'],
  [{ labels: [{ key: 'a', value: '-c' }] }, 'is no label'],
  [{ scaling: { min_replicas: 0, max_replicas: 2 } }, 'needs kubernetes.keda'],
  [{ scaling: { max_replicas: 2 } }, 'needs a CPU request'],
  [{ envs: [{ name: 'BENTO_PORT', value: '1' }] }, 'follows from kubernetes.port'],
])('refuses %j before anything is applied', async (set, message) => {
  await expect(objectOf('Service', set)).rejects.toMatchObject({
    code: 'DEPLOYMENT_INVALID',
    message: expect.stringContaining(message),
  })
})
