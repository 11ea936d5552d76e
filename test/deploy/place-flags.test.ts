import { expect, test } from '@jest/globals'
import { renderPlaceFlags } from '../../src/deploy/place-flags.ts'

test.each([
  ['kubernetes', {}, ''],
  ['kubernetes', { namespace: 'models', context: 'far' }, ' --namespace models --context far'],
  ['lambda', { region: 'eu-west-1' }, ' -t lambda --region eu-west-1'],
  ['azure', { project: 's/g' }, ' -t azure --project s/g'],
])('leads to a place on %s: %j', (target, place, flags) => {
  expect(renderPlaceFlags(target, place)).toBe(flags)
})
