import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeWith } from '../describe-with.ts'
import { type ServedApp, serveApp } from '../serve/http/serve-app.ts'
import { findBarriers } from './axe.ts'
import { lacking, openPage } from './browser.ts'
import { Kinds } from './kinds-service.ts'

const phone = { width: 320, height: 640 }
const desk = { width: 1280, height: 900 }

describeWith('how the page looks', lacking, () => {
  let served: ServedApp

  beforeAll(async () => {
    served = await serveApp(Kinds)
  })

  afterAll(() => served.close())

  test.each([
    ['light', desk, ['plain', 'classify', 'words']],
    ['dark', desk, ['rows']],
    ['light', phone, ['rows']],
    ['dark', phone, ['nested', 'upload', 'classify']],
  ] as const)('axe-core finds nothing: %s, %j, %j', async (colorScheme, viewport, names) => {
    const { page } = await openPage(served.url, { colorScheme, viewport })
    for (const name of names) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { name, level: 2 }).waitFor()
      if (name !== 'upload') {
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByText('Where the time went').waitFor()
      }
      expect([name, await findBarriers(page)]).toEqual([name, []])
    }
    await page.screenshot({
      path: `artefacts/page-${colorScheme}-${viewport.width}.png`,
      fullPage: true,
    })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width)
  })

  test('a table that is wider than a phone scrolls by itself, and not the page', async () => {
    const { page } = await openPage(served.url, { viewport: phone })
    await page.getByRole('link', { name: 'rows', exact: true }).click()
    await page.getByRole('textbox', { name: /^name/ }).first().fill('x'.repeat(300))
    await page.getByRole('button', { name: 'Run' }).click()
    const table = page.getByRole('region', { name: 'Answer' }).getByRole('table')
    await table.waitFor()
    expect((await table.boundingBox())?.width).toBeGreaterThan(phone.width)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width)
  })
})
