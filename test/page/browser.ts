import { afterAll } from '@jest/globals'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { missing } from '../describe-with.ts'

/** Empty where there is a browser. */
export const lacking: readonly string[] = await missing('chromium')

let browser: Promise<Browser> | undefined

afterAll(async () => (await browser)?.close())

export interface OpenedPage {
  readonly page: Page
  /** What it asked of others than its own server. */
  readonly foreign: readonly string[]
  /** What went wrong in it, as its console says. */
  readonly errors: readonly string[]
}

/** Debian's Chromium, as a person has it but for the window. */
export async function openPage(
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  browser ??= chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const context = await (await browser).newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const foreign: string[] = []
  const errors: string[] = []
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(new URL(url).origin)) {
      foreign.push(request.url())
    }
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  return { page, foreign, errors }
}
