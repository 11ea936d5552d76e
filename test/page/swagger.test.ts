import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Locator } from 'playwright-core'
import { describeWith } from '../describe-with.ts'
import { type ServedApp, serveApp } from '../serve/http/serve-app.ts'
import { lacking, openPage, type OpenedPage } from './browser.ts'
import { Kinds } from './kinds-service.ts'

describeWith('Swagger UI at /docs', lacking, () => {
  let served: ServedApp
  let opened: OpenedPage

  beforeAll(async () => {
    served = await serveApp(Kinds)
    opened = await openPage(`${served.url}/docs`)
  })

  afterAll(() => served.close())

  /** Unfolds a method; what it takes can be edited at once. */
  async function unfold(route: string): Promise<Locator> {
    const { page } = opened
    const operation = page
      .locator('.opblock')
      .filter({ has: page.locator(`[data-path="${route}"]`) })
    await operation.locator('.opblock-summary-control').click()
    return operation
  }

  async function execute(operation: Locator, status: string): Promise<string> {
    await operation.getByRole('button', { name: 'Execute' }).click()
    const answer = operation.locator('.live-responses-table .response')
    await answer.filter({ hasText: status }).waitFor()
    return answer.innerText()
  }

  test('sends a body that is edited, and shows the answer', async () => {
    const operation = await unfold('/double')
    await operation.locator('textarea').fill('{"x":[[1.5,2],[3,4]]}')
    expect(await execute(operation, '200')).toMatch(/\[\s*3(\.0)?,\s*4(\.0)?\s*\],\s*\[\s*6/)
  })

  test('has an example for a body, which the service takes', async () => {
    const operation = await unfold('/nested')
    expect(await execute(operation, '200')).toContain('petals')
  })

  test('shows what the service finds wrong', async () => {
    const operation = await unfold('/rows')
    await operation.locator('textarea').fill('{"flowers":"none"}')
    expect(await execute(operation, '400')).toContain('INPUT_INVALID')
  })

  test('asks nothing of others, and runs nothing that a description says', async () => {
    // A refused input is an answer of the service. A picture in a description is asked for, its script is not run.
    const known = /status of 40[04]/
    expect(opened.errors.filter((error) => !known.test(error))).toEqual([])
    expect(opened.foreign).toEqual([])
    expect(await opened.page.title()).toBe('bento')
  })
})
