import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { globSync } from 'tinyglobby'
import { renderDocs } from '../../scripts/render-docs.mjs'
import { renderCommandHelp } from '../../src/commands/help.ts'
import { root } from '../../src/commands/tree.ts'
import { renderBentofileSchema } from '../../src/config/bentofile.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

// `npm run docs` writes them again.
test('a page for each command, and the keys of bentofile.yaml, are as the code has them', async () => {
  const bentofileSchema: unknown = JSON.parse(renderBentofileSchema())
  const wanted = await renderDocs({ root, renderCommandHelp, bentofileSchema })
  const there = globSync(['docs/commands/*.md', 'docs/bentofile.md'], { cwd: repository })
  expect(there.toSorted()).toEqual([...wanted.keys()].toSorted())
  for (const [path, text] of wanted) {
    expect(readFileSync(`${repository}/${path}`, 'utf8')).toBe(text)
  }
})
