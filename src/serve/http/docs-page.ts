import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { AppRequest, AppResponse } from '../app.ts'
import { bodyResponse, withHeaders } from './responses.ts'

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
const documentation: readonly (readonly [string, Asset])[] = [
  ['/docs', { file: 'swagger-ui/index.html', type: contentTypes.html }],
  ['/static_content/index.css', { file: 'swagger-ui/index.css', type: contentTypes.css }],
  [
    '/static_content/swagger-ui.css',
    { file: 'swagger-ui/swagger-ui.css.gz', type: contentTypes.css },
  ],
  [
    '/static_content/swagger-ui-bundle.js',
    { file: 'swagger-ui/swagger-ui-bundle.js.gz', type: contentTypes.js },
  ],
  [
    '/static_content/swagger-initializer.js',
    { file: 'swagger-ui/swagger-initializer.js', type: contentTypes.js },
  ],
]

const tryPage: readonly [string, Asset] = ['/', { file: 'page/try.html', type: contentTypes.html }]

const dashboard: readonly [string, Asset] = [
  '/dashboard',
  { file: 'page/dashboard.html', type: contentTypes.html },
]

// Those that ask for a key themselves.
const askingPages = new Set(['/', '/dashboard'])

export interface PagesInput {
  /** Folder of the pages' files; ends with a slash. */
  readonly folder: URL
  /** There is a page to try the service on. */
  readonly page: boolean
  /** There is a dashboard. */
  readonly dashboard: boolean
}

/** The pages to read about the service and try it. Everything they need is in the bento: they work offline. */
export class DocsPage {
  readonly #folder: URL
  readonly #assets: ReadonlyMap<string, Asset>
  readonly #answers = new Map<string, Promise<AppResponse>>()

  constructor({ folder, page, dashboard: hasDashboard }: PagesInput) {
    this.#folder = folder
    this.#assets = new Map([
      ...documentation,
      ...(page ? [tryPage] : []),
      ...(hasDashboard ? [dashboard] : []),
    ])
  }

  get paths(): readonly string[] {
    return [...this.#assets.keys()]
  }

  answer(path: string): Promise<AppResponse> {
    const known = this.#answers.get(path)
    if (known) return known
    const answer = this.#read(path)
    this.#answers.set(path, answer)
    return answer
  }

  /** A browser cannot bring a key before there is a page that asks for it. The page says nothing of the service. */
  async askForKey(
    refused: AppResponse,
    { method, path, headers }: AppRequest,
  ): Promise<AppResponse> {
    const isWanted = method === 'GET' && askingPages.has(path) && this.#assets.has(path)
    const takesHtml = String(headers['accept'] ?? '').includes('text/html')
    if (refused.status !== 401 || !isWanted || !takesHtml) return refused
    const page = await this.answer(path)
    return { ...page, status: 401, headers: { ...refused.headers, ...page.headers } }
  }

  async #read(path: string): Promise<AppResponse> {
    const asset = this.#assets.get(path)
    if (!asset) throw new Error(`No asset is at ${path}`)
    const bytes = await readFile(new URL(asset.file, this.#folder))
    const body = asset.file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    const answer = bodyResponse(200, asset.type, body)
    return asset.file.startsWith('page/') ? withPolicy(answer, body.toString()) : answer
  }
}

/** Only what the page was built with runs on it, and it speaks to nobody but this server. */
function withPolicy(answer: AppResponse, html: string): AppResponse {
  const policy = [
    `default-src 'none'`,
    `script-src ${hashOf(html, 'script')}`,
    `style-src ${hashOf(html, 'style')}`,
    `connect-src 'self'`,
    'img-src blob: data:',
    'media-src blob:',
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ]
  return withHeaders(answer, {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  })
}

function hashOf(html: string, element: 'script' | 'style'): string {
  const [, text = ''] = new RegExp(`<${element}[^>]*>(.*)</${element}>`, 's').exec(html) ?? []
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
