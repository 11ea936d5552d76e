/** How a request gets to a service, wherever that runs. */
export interface Host {
  send(call: Call): Promise<Answer>
  close(): Promise<void>
}

export interface Call {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** In how many parts the body came. */
  readonly parts: number
}

export interface Features {
  /** A host that hands over one request at a time never joins two. */
  readonly joinsRequests: boolean
  /** A host that wants whole answers never hands on a part. */
  readonly streams: boolean
}

export function jsonOf({ body }: Answer): unknown {
  return JSON.parse(body.toString())
}

export function postJson(host: Host, { path, body, headers }: Posted): Promise<Answer> {
  return host.send({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  })
}

interface Posted {
  readonly path: string
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
