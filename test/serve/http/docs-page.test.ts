import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { answerOf, appOf, call } from '../app-of.ts'
import { Twin } from '../twin.ts'

const get = { method: 'GET' }

test('lets nothing but its own script and style into the page', async () => {
  const app = await appOf(Twin)
  const answer = await call(app, '/', get)
  const { headers } = answer
  const html = String((await answerOf(answer))[1])
  const [, script = ''] = /<script type="module">(.*)<\/script>/s.exec(html) ?? []
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = headers['content-security-policy']?.split('; ')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`script-src 'sha256-${hash}'`)
  expect(policy).toContain("connect-src 'self'")
  expect(policy?.join()).not.toMatch(/unsafe|https?:/)
  expect(html.match(/<script/g)).toHaveLength(1)
  await app.close()
})

test('has no page where it is turned off, and its documentation still', async () => {
  const app = await appOf(Twin, { env: { BENTO_CONFIG_OVERRIDES: '{"http":{"page":false}}' } })
  expect(await call(app, '/docs', get)).toMatchObject({ status: 200 })
  const [status] = await answerOf(call(app, '/', get))
  // The twin has a method at the same path.
  expect(status).toBe(405)
  expect(await answerOf(call(app, '/'))).toEqual([200, 'root'])
  await app.close()
})

test('has no dashboard in production', async () => {
  const app = await appOf(Twin)
  for (const path of ['/dashboard', '/dashboard.json']) {
    expect(await call(app, path, get)).toMatchObject({ status: 404 })
  }
  await app.close()
})
