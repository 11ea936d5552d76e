import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { renderPages } from '../../scripts/render-pages.mjs'

const pages = await renderPages()

test.each(pages)('%s is what its source makes: `npm run page`', (name, text) => {
  const packed = readFileSync(new URL(`../../assets/page/${name}`, import.meta.url), 'utf8')
  expect(packed === text).toBe(true)
})

test.each(pages)('%s is small', (_name, text) => {
  expect(gzipSync(text).length).toBeLessThan(150_000)
})
