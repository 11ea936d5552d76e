// Writes assets/page: each page of `page/` as one file that needs nothing else. A test fails while one is stale.
import { mkdir, writeFile } from 'node:fs/promises'
import { renderPages } from './render-pages.mjs'

const folder = new URL('../assets/page/', import.meta.url)
await mkdir(folder, { recursive: true })
for (const [name, text] of await renderPages()) await writeFile(new URL(name, folder), text)
