import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface SinkRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** A collector: takes OTLP as JSON over HTTP, and keeps it. */
export class OtlpSink {
  readonly requests: SinkRequest[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(status = 200): Promise<OtlpSink> {
    const server = createServer()
    const sink = new OtlpSink(server)
    server.on('request', async (request, response) => {
      const body: unknown = JSON.parse(await text(request))
      sink.requests.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return sink
  }

  get url(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get spans(): SinkSpan[] {
    return this.#resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
  }

  /** What each record of a monitor has under this name. */
  logged(name: string): unknown[] {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is what OTLP sends there
    const resources = this.requests.flatMap(({ body }) => (body as LogsBody).resourceLogs)
    const records = resources.flatMap(({ scopeLogs }) => scopeLogs.flatMap((one) => one.logRecords))
    return records.map(({ body }) => {
      return body.kvlistValue.values.find(({ key }) => key === name)?.value
    })
  }

  get resource(): Record<string, unknown> {
    return attributesOf(this.#resources[0]?.resource.attributes ?? [])
  }

  get #resources(): TracesBody['resourceSpans'] {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is what OTLP sends there
    return this.requests.flatMap(({ body }) => (body as TracesBody).resourceSpans)
  }
}

interface LogsBody {
  readonly resourceLogs: readonly {
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly body: {
          readonly kvlistValue: {
            readonly values: readonly { readonly key: string; readonly value: unknown }[]
          }
        }
      }[]
    }[]
  }[]
}

export interface SinkSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly links?: readonly { readonly spanId: string }[]
  readonly events: readonly { readonly name: string }[]
  readonly status: { readonly code: number }
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface TracesBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly SinkSpan[] }[]
  }[]
}

export function attributesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

/** Milliseconds from start to end. */
export function durationOf({ startTimeUnixNano, endTimeUnixNano }: SinkSpan): number {
  return Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6
}
