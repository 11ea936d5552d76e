import assert from 'node:assert/strict'
import { openAsBlob } from 'node:fs'
import { after, before, test } from 'node:test'
import { serve } from 'bentojs/testing'

let service

before(async () => {
  service = await serve('.')
})

after(() => service.close())

test('answers the file that comes along', async () => {
  const body = new FormData()
  body.set('{{parameter}}', await openAsBlob('{{file}}'), '{{file}}')
  const response = await fetch(`${service.url}/{{route}}`, { method: 'POST', body })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  {{expectation}}
})
