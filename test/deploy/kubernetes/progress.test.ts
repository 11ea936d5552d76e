import { expect, test } from '@jest/globals'
import { progressOf } from '../../../src/deploy/kubernetes/rollout.ts'

function deployment(status: Record<string, number>): unknown {
  return {
    metadata: { generation: 4 },
    spec: { replicas: 2 },
    status: { observedGeneration: 4, ...status },
  }
}

test.each([
  { count: 2, isDone: true, text: '2 of 2 replicas are ready' },
  { count: 3, isDone: false, text: '1 surplus replicas are ending' },
  { count: 1, isDone: false, text: '1 of 2 replicas are updated' },
])('with $count of two replicas: $text', ({ count, isDone, text }) => {
  const status = { replicas: count, updatedReplicas: count, availableReplicas: count }
  expect(progressOf(deployment(status))).toMatchObject({ isDone, text })
})

test('is not done while pods of the revision before are there', () => {
  const status = { replicas: 3, updatedReplicas: 2, availableReplicas: 3 }
  expect(progressOf(deployment(status))).toMatchObject({
    isDone: false,
    text: '1 surplus replicas are ending',
  })
})

test('is not done before the cluster has seen what was applied', () => {
  const status = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }
  expect(progressOf(deployment(status))).toMatchObject({
    isDone: false,
    text: 'the cluster has not seen it yet',
  })
})
