import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeWith } from '../describe-with.ts'
import type { Started } from '../processes.ts'
import { findBarriers } from './axe.ts'
import { lacking, openPage } from './browser.ts'
import { serveBatching } from './serve-batching.ts'

describeWith('the dashboard', lacking, () => {
  let server: Started
  let url: string

  beforeAll(async () => {
    ;({ server, url } = await serveBatching('--development'))
  })

  afterAll(() => server.interrupt())

  /** Some callers at once, again and again. */
  async function call(times: number): Promise<void> {
    const body = JSON.stringify({ rows: [1, 2] })
    const headers = { 'content-type': 'application/json' }
    for (let at = 0; at < times; at++) {
      const calls = Array.from({ length: 8 }, () =>
        fetch(`${url}/double`, { method: 'POST', headers, body }).then((one) => one.json()),
      )
      expect(await Promise.all(calls)).toEqual(calls.map(() => [2, 4]))
    }
  }

  test.each([
    ['light', { width: 1280, height: 900 }],
    ['dark', { width: 320, height: 640 }],
  ] as const)('shows what happens while it happens: %s, %j', async (colorScheme, viewport) => {
    const { page, errors, foreign } = await openPage(`${url}/dashboard`, { colorScheme, viewport })
    await page.locator('.plot canvas').nth(7).waitFor()
    await call(20)
    const requests = page.getByRole('region', { name: 'Requests' })
    await requests.filter({ hasText: /answered[1-9]/ }).waitFor()
    await page
      .getByRole('region', { name: 'Latency' })
      .filter({ hasText: /p99[\d.]+ ms/ })
      .waitFor()
    await page
      .getByRole('region', { name: 'Memory' })
      .filter({ hasText: /\d\d+ MB/ })
      .waitFor()
    const batches = page.getByRole('region', { name: 'The last batches' })
    expect(await batches.innerText()).toMatch(/double\s+\d+\s+\d+\s+[\d.]+ ms.*(idle|full|herd): /)
    await page.screenshot({ path: `artefacts/dashboard-${colorScheme}-${viewport.width}.png` })
    expect(await findBarriers(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width)
    expect([errors, foreign]).toEqual([[], []])
  })

  test('says when the server does not answer, until it does again', async () => {
    const { page } = await openPage(`${url}/dashboard`)
    const status = page.getByRole('status')
    await page.locator('.plot canvas').first().waitFor()
    await page.context().setOffline(true)
    await status.filter({ hasText: /./ }).waitFor()
    expect(await status.innerText()).toBe('The server does not answer: Failed to fetch')
    await page.context().setOffline(false)
    await status.filter({ hasNotText: /./ }).waitFor({ state: 'attached' })
  })
})

test('is not there in production', async () => {
  const { server, url } = await serveBatching('--production')
  try {
    const statuses = ['/dashboard', '/dashboard.json', '/'].map((path) => fetch(`${url}${path}`))
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([404, 404, 200])
  } finally {
    await server.interrupt()
  }
})
