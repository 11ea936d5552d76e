import { escapeMarkup } from './escape-markup.ts'
import type { Report } from './report.ts'

/** For a CI system: a test case for each budget. */
export function renderJunit({ title, judged, load }: Report): string {
  const failures = judged.filter(({ isKept }) => !isKept).length
  const cases = judged.map(({ budget, isKept, found }) => {
    const name = `name="${escapeMarkup(budget.text)}" classname="${escapeMarkup(title)}"`
    if (isKept) return `    <testcase ${name}/>`
    return `    <testcase ${name}><failure message="${escapeMarkup(found)}"/></testcase>`
  })
  const counts = `tests="${judged.length}" failures="${failures}" time="${load.seconds}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="bento bench" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}
