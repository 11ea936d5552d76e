import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { serve } from 'bentojs/testing'

let service

before(async () => {
  service = await serve('.')
})

after(() => service.close())

test('answers the sample request', async () => {
  const response = await fetch(`${service.url}/{{route}}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: await readFile('sample.json'),
  })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  {{expectation}}
})
