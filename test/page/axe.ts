import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe-core finds wrong with a page as it stands; it must have looked at something. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Evaluated, and not added: the page's own policy lets no other script in.
  await page.evaluate(axe.source)
  const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run()')
  if (passes.length < 10) throw new Error(`axe-core has looked at ${passes.length} things only`)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`),
  )
}
