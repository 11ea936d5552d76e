import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { parseBudgets } from '../../src/load/budgets.ts'
import { LatencyHistogram } from '../../src/load/latency-histogram.ts'
import { renderHtml } from '../../src/load/render-html.ts'
import { renderJunit } from '../../src/load/render-junit.ts'
import { createReport, type Report } from '../../src/load/report.ts'
import { describeWith } from '../describe-with.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { findBarriers } from './axe.ts'
import { lacking, openPage } from './browser.ts'

function report(): Report {
  const seconds = [3, 5, 4].map((base) => {
    const histogram = new LatencyHistogram()
    for (let at = 0; at < 200; at++) histogram.record(base + (at % 20) ** 2 / 40)
    return histogram
  })
  const [latency, lateness] = [new LatencyHistogram(), new LatencyHistogram()]
  for (let at = 0; at < 600; at++) latency.record(3 + (at % 20) ** 2 / 40)
  return createReport({
    title: '/classify of <iris> & "others"',
    shape: { type: 'open', rate: 200 },
    load: {
      seconds: 3,
      answered: 600,
      errors: new Map([['503 QUEUE_FULL', 1]]),
      latency,
      lateness,
      bySecond: seconds,
    },
    budgets: parseBudgets('p99<20ms, cpu<200us, rss<150MB, errors=0, start<500ms'),
    server: { startMs: 250, cpuMicros: 601 * 300, rssBytes: 100e6 },
  })
}

describeWith('a report of bento bench in a browser', lacking, () => {
  test.each([
    ['light', { width: 1280, height: 900 }],
    ['dark', { width: 320, height: 640 }],
  ] as const)('is a page to look at: %s, %j', async (colorScheme, viewport) => {
    const file = join(await temporaryFolder(), 'report.html')
    await writeFile(file, renderHtml(report()))
    const { page, errors } = await openPage(pathToFileURL(file).href, { colorScheme, viewport })
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      '/classify of <iris> & "others"',
    )
    const broken = await page.getByText('✖').allInnerTexts()
    expect(broken).toEqual(['✖ cpu<200us', '✖ errors=0'])
    const boxes = await page.evaluate(
      `[...document.querySelectorAll('polyline')].map((line) => line.getBBox()).map(({ width, height }) => width > 100 && height > 10)`,
    )
    expect(boxes).toEqual([true, true, true])
    expect(await findBarriers(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width)
    await page.screenshot({
      path: `artefacts/bench-${colorScheme}-${viewport.width}.png`,
      fullPage: true,
    })
    expect(errors).toEqual([])
  })

  test('is XML for JUnit, a case for each budget', async () => {
    const { page } = await openPage('about:blank')
    const read = `(text) => {
      const parsed = new DOMParser().parseFromString(text, 'application/xml')
      return [parsed.querySelector('parsererror')?.textContent ?? '', ...[...parsed.querySelectorAll('testcase')].map(
        (one) => [one.getAttribute('name'), one.getAttribute('classname'), one.querySelector('failure')?.getAttribute('message') ?? ''].join(' | '))]
    }`
    const found = await page.evaluate(`(${read})(${JSON.stringify(renderJunit(report()))})`)
    const title = '/classify of <iris> & "others"'
    expect(found).toEqual([
      '',
      `p99<20ms | ${title} | `,
      `cpu<200us | ${title} | cpu is 300 µs`,
      `rss<150MB | ${title} | `,
      `errors=0 | ${title} | errors is 1`,
      `start<500ms | ${title} | `,
    ])
  })
})
