import { expect, test } from '@jest/globals'
import { parseBudgets } from '../../src/load/budgets.ts'
import { LatencyHistogram } from '../../src/load/latency-histogram.ts'
import { renderHtml } from '../../src/load/render-html.ts'
import { renderJunit } from '../../src/load/render-junit.ts'
import { renderText } from '../../src/load/render-text.ts'
import { createReport, type Report, toJson } from '../../src/load/report.ts'

function report(
  title = '/classify of iris',
  answers: readonly number[] = [1, 2, 2, 4, 40],
): Report {
  const [latency, lateness] = [new LatencyHistogram(), new LatencyHistogram()]
  for (const ms of answers) latency.record(ms)
  return createReport({
    title,
    shape: { type: 'open', rate: 3 },
    load: {
      seconds: 2,
      answered: answers.length,
      errors: new Map([['503 QUEUE_FULL', 1]]),
      latency,
      lateness,
      bySecond: [latency],
    },
    budgets: parseBudgets('p50<10ms, errors=0, start<1s'),
    server: { startMs: 250, cpuMicros: 6000, rssBytes: 100e6 },
  })
}

test('shows a person what was measured, the spread and the budgets', () => {
  const text = renderText(report())
  expect(text).toMatch(/^ {2}p50 +2\.01 ms$/m)
  expect(text).toMatch(/^ {2}cpu +1000 µs$/m)
  expect(text).toMatch(/^ {2}1 × 503 QUEUE_FULL$/m)
  expect(text).toMatch(/^ +40\.0 ms █+ 1$/m)
  expect(text).toMatch(/✔ p50<10ms: p50 is 2\.01 ms\n {2}✖ errors=0: errors is 1\n {2}✔ start<1s/)
})

test('knows no latency where nothing was answered', () => {
  const { measured, judged } = report('x', [])
  expect(measured.p50).toBeUndefined()
  expect(judged[0]).toMatchObject({ isKept: false, found: 'p50 was not measured' })
})

test('is one test case for each budget as JUnit', () => {
  const xml = renderJunit(report('<"&\'>'))
  expect(xml).toContain('tests="3" failures="1"')
  expect(xml.match(/<testcase /g)).toHaveLength(3)
  expect(xml).toContain('<failure message="errors is 1"/>')
  expect(xml).toContain('name="p50&lt;10ms" classname="&lt;&quot;&amp;&#39;&gt;"')
})

test('is a page without outside requests, whose text is only text', () => {
  const page = renderHtml(report('<script>alert(1)</script>'))
  expect(page).not.toContain('<script')
  expect(page).not.toMatch(/https?:|src=|href=/)
  expect(page.match(/<svg /g)).toHaveLength(2)
  expect(page.match(/<polyline /g)).toHaveLength(3)
  expect(page).not.toContain('NaN')
})

test('is data as JSON', () => {
  expect(toJson(report())).toMatchObject({
    answered: 5,
    errors: { '503 QUEUE_FULL': 1 },
    measured: { errors: 1, rate: 2.5, start: 250, cpu: 1000, rss: 100e6 },
    budgets: [{ isKept: true }, { isKept: false }, { isKept: true }],
    bySecond: [{ second: 0, answered: 5 }],
  })
})
