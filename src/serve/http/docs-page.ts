import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { AppResponse } from '../app.ts'
import { bodyResponse } from './responses.ts'

const contentTypes = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
} as const

interface Asset {
  readonly file: string
  readonly type: string
}

// Swagger UI as it is vendored, compressed; the page and its starter are ours.
const assets = new Map<string, Asset>([
  ['/', { file: 'index.html', type: contentTypes.html }],
  ['/docs', { file: 'index.html', type: contentTypes.html }],
  ['/static_content/index.css', { file: 'index.css', type: contentTypes.css }],
  ['/static_content/swagger-ui.css', { file: 'swagger-ui.css.gz', type: contentTypes.css }],
  [
    '/static_content/swagger-ui-bundle.js',
    { file: 'swagger-ui-bundle.js.gz', type: contentTypes.js },
  ],
  [
    '/static_content/swagger-initializer.js',
    { file: 'swagger-initializer.js', type: contentTypes.js },
  ],
])

/** The page at `/` to read about the service and try it. Everything it needs is in the bento: it works offline. */
export class DocsPage {
  readonly #folder: URL
  readonly #answers = new Map<string, Promise<AppResponse>>()
  readonly paths: readonly string[] = [...assets.keys()]

  /** `folder` ends with a slash. */
  constructor(folder: URL) {
    this.#folder = folder
  }

  answer(path: string): Promise<AppResponse> {
    const known = this.#answers.get(path)
    if (known) return known
    const answer = this.#read(path)
    this.#answers.set(path, answer)
    return answer
  }

  async #read(path: string): Promise<AppResponse> {
    const asset = assets.get(path)
    if (!asset) throw new Error(`No asset is at ${path}`)
    const bytes = await readFile(new URL(asset.file, this.#folder))
    return bodyResponse(200, asset.type, asset.file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
  }
}
