import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from 'bentojs/testing'

let service

before(async () => {
  service = await serve('.')
})

after(() => service.close())

test('has the methods of the service that it was written from', async () => {
  const response = await fetch(`${service.url}/schema.json`)
  const { routes } = await response.json()
  assert.deepEqual(routes.map(({ route }) => route).sort(), [{{routes}}].sort())
})
