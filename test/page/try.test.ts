import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { describeWith } from '../describe-with.ts'
import { type ServedApp, serveApp } from '../serve/http/serve-app.ts'
import { lacking, type OpenedPage, openPage } from './browser.ts'
import { hostile, Kinds } from './kinds-service.ts'

const text = { name: 'a note.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }
const png = {
  name: 'red.png',
  mimeType: 'image/png',
  buffer: await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer(),
}

describeWith('the page to try a service on', lacking, () => {
  let served: ServedApp
  let opened: OpenedPage
  let page: Page

  beforeAll(async () => {
    served = await serveApp(Kinds)
    opened = await openPage(served.url)
    ;({ page } = opened)
  })

  afterAll(() => served.close())

  /** Leads to a method's form. */
  async function choose(name: string): Promise<void> {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { name, level: 2 }).waitFor()
  }

  /** Presses the button, and gives the answer once it holds a text. */
  async function run(expected: string): Promise<string> {
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const answer = page.getByRole('region', { name: 'Answer' })
    await answer.filter({ hasText: expected }).waitFor()
    return answer.innerText()
  }

  describe('answers every method as its form is filled at first', () => {
    test.each([
      ['plain', '"wide": "1"'],
      ['nested', '"petals": 1'],
      ['rows', 'text1'],
      ['either', '"value": 1.5'],
      ['lists', '"words": [ "text" ]'],
      ['tree', '"children": ['],
      ['double', '11'],
      ['pivot', '12'],
      ['classify', '70.0 %'],
      ['shout', `TEXT ${hostile}`],
      ['perhaps', '"size": "none"'],
      ['markup', '<h1>Report</h1>'],
      ['item', '"n": 1'],
      ['words', 'word1 word2 word3 It is over'],
      ['events', '{"at":1} {"at":2} {"at":3}'],
      ['nothing', 'null'],
    ])('%s', async (name, expected) => {
      await choose(name)
      expect(await run(expected)).toContain('200')
    })
  })

  describe('takes files', () => {
    test.each([
      ['upload', [text], '"text": "hello"'],
      ['total', [text, png], String(5 + png.buffer.length)],
      ['reverse', [text], 'application/octet-stream, 5 bytes'],
      ['picture', [png], 'image/png'],
    ])('%s', async (name, files, expected) => {
      await choose(name)
      await page.locator('input[type=file]').setInputFiles(files)
      expect(await run(expected)).toContain('200')
    })
  })

  test('has tried every method that there is', async () => {
    const links = await page.getByRole('navigation').getByRole('link').allInnerTexts()
    expect(links).toHaveLength(20)
  })

  test('takes a file that is dropped', async () => {
    await choose('upload')
    const dataTransfer = await page.evaluateHandle(
      `const data = new DataTransfer()
       data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
       data`,
    )
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer })
    expect(await run('"name": "dropped.txt"')).toContain('"text": "dropped"')
  })

  test('marks the fields that the service finds wrong', async () => {
    await choose('rows')
    await page.getByLabel('petals').fill('99')
    await run('400')
    const petals = page.getByLabel('petals')
    expect(await petals.getAttribute('aria-invalid')).toBe('true')
    const notes = await petals.getAttribute('aria-describedby')
    expect(await page.locator(`#${notes}`).innerText()).toMatch(/50/)
    expect(await page.getByLabel('name').getAttribute('aria-invalid')).toBe('false')
  })

  test('says what is no JSON, and sends nothing', async () => {
    await choose('double')
    await page.getByLabel('x', { exact: true }).fill('[[1, 2')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText('This is no JSON').waitFor()
    expect(await page.getByRole('region', { name: 'Answer' }).count()).toBe(0)
  })

  test('sends what is optional only when it is asked to', async () => {
    await choose('plain')
    const answer = await run('"times": 3')
    expect(answer).toContain('"wide": "1"')
    await page.getByLabel('Send times').check()
    await page.getByLabel('times', { exact: true }).fill('9')
    await page.getByLabel('wide').fill('9223372036854775807')
    const changed = await run('"times": 9')
    expect(changed).toContain('"wide": "9223372036854775807"')
  })

  test('shows where the time went, and why the batch was sent', async () => {
    await choose('rows')
    const answer = await run('nobody else was coming')
    expect(answer).toMatch(/parse\s+[\d.]+ ms\s+queue\s+[\d.]+ ms\s+infer\s+[\d.]+ ms\s+encode/)
    expect(answer).toContain('1 row in its batch')
  })

  test('shows the text of a stream as it comes', async () => {
    await choose('words')
    await page.getByLabel('Send n').check()
    await page.getByLabel('n', { exact: true }).fill('20')
    const early = await run('word2')
    expect(early).not.toContain('word20')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped').waitFor()
  })

  test('takes nothing that a service says for a part of the page', async () => {
    await choose('markup')
    await run('<h1>Report</h1>')
    expect(await page.title()).toBe('Kinds')
    expect(await page.locator('img[src=x]').count()).toBe(0)
  })

  test('is used with the keyboard alone', async () => {
    await page.getByRole('link', { name: 'item', exact: true }).press('Enter')
    await page.getByRole('heading', { name: 'item', level: 2 }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('id')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('n')
    await page.keyboard.press('Enter')
    await page.getByText('"id": "text"').waitFor()
  })

  test('is there for an address that names no method', async () => {
    await page.goto(`${served.url}/#%E0%A4%A`)
    await page.reload()
    await page.getByRole('heading', { level: 2 }).waitFor()
    expect(await page.evaluate('document.activeElement.tagName')).toBe('BODY')
  })

  test('asks nothing of others, and nothing in it fails', () => {
    // A refused input is an answer of the service, which a browser calls an error.
    expect(opened.errors.filter((error) => !error.includes('status of 400'))).toEqual([])
    expect(opened.foreign).toEqual([])
  })
})
