import { expect, test } from '@jest/globals'
import { describeWith } from '../describe-with.ts'
import { answerOf, appOf, call } from '../serve/app-of.ts'
import { serveApp } from '../serve/http/serve-app.ts'
import { findBarriers } from './axe.ts'
import { lacking, openPage } from './browser.ts'
import { Kinds } from './kinds-service.ts'

const locked = { env: { BENTO_API_KEYS: 'sesame' } }
const asBrowser = { method: 'GET', headers: { accept: 'text/html,*/*;q=0.8' } }

test('a browser without a key is refused with a page that asks for it', async () => {
  const app = await appOf(Kinds, locked)
  const refused = await call(app, '/', asBrowser)
  expect(refused.headers).toMatchObject({
    'www-authenticate': 'Bearer',
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  })
  const [status, html] = await answerOf(refused)
  expect([status, String(html).includes('Kinds')]).toEqual([401, false])
  const others = ['/docs', '/schema.json', '/dashboard'].map((path) => call(app, path, asBrowser))
  for (const one of await Promise.all(others)) {
    expect([one.status, one.headers['content-type']]).toEqual([401, 'application/json'])
  }
  await app.close()
})

describeWith('the form for the key', lacking, () => {
  test('lets in who has one, and keeps it nowhere', async () => {
    const served = await serveApp(Kinds, {}, locked)
    const { page } = await openPage(served.url)
    await page.getByLabel('Key').fill('open')
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByText('does not know this key').waitFor()
    expect(await findBarriers(page)).toEqual([])
    await page.getByLabel('Key').fill('sesame')
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByRole('link', { name: 'nothing' }).click()
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('region', { name: 'Answer' }).filter({ hasText: '200' }).waitFor()
    expect(await page.locator('body').innerText()).not.toContain('sesame')
    const kept = 'localStorage.length + sessionStorage.length + document.cookie.length'
    expect(await page.evaluate(kept)).toBe(0)
    await served.close()
  })
})
