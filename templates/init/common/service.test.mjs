import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

let server
let url

before(async () => {
  server = spawn('node_modules/.bin/bento', ['serve', '--port', '0'], { detached: true })
  url = await new Promise((resolve, reject) => {
    let printed = ''
    server.stderr.on('data', (chunk) => {
      printed += chunk
      const found = /Serving on (http:\S+)/.exec(printed)
      if (found) resolve(found[1])
    })
    server.on('exit', () => reject(new Error(printed)))
  })
})

after(() => process.kill(-server.pid, 'SIGINT'))

test('answers the sample request', async () => {
  const response = await fetch(`${url}/{{route}}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: await readFile('sample.json'),
  })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  {{expectation}}
})
