// Writes the pages of docs/ that follow from data. A test fails while one is stale. Run `npm run build` first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { renderDocs } from './render-docs.mjs'

const { root } = await import('../dist/commands/tree.js')
const { renderCommandHelp } = await import('../dist/commands/help.js')
const { renderBentofileSchema } = await import('../dist/config/bentofile.js')

const repository = new URL('../', import.meta.url)
rmSync(new URL('docs/commands', repository), { recursive: true, force: true })
mkdirSync(new URL('docs/commands', repository), { recursive: true })
const bentofileSchema = JSON.parse(renderBentofileSchema())
for (const [path, text] of await renderDocs({ root, renderCommandHelp, bentofileSchema })) {
  writeFileSync(new URL(path, repository), text)
}
