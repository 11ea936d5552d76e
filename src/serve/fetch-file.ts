import { lookup } from 'node:dns/promises'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { isIP } from 'node:net'
import { basename } from 'node:path'
import { BentoError } from '../errors.ts'
import { isGlobalAddress } from '../lib/global-address.ts'
import { Spool } from '../service/codec/spool.ts'
import type { OwnFile, Scratch } from '../service/io/file-value.ts'

/** Fetches what a client gave the URL of. Throws BODY_INVALID, and never says what it met. */
export type FileFetcher = (url: string, scratch: Scratch) => Promise<OwnFile>

export interface FileFetcherOptions {
  /** Of one file. */
  readonly maxBytes: number
  /** For one file, redirects included. */
  readonly timeoutMs: number
  /** All addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
  readonly isAllowed?: (address: string) => boolean
}

const maxRedirects = 3

export function createFileFetcher(options: FileFetcherOptions): FileFetcher {
  return async (given, scratch) => {
    const signal = AbortSignal.timeout(options.timeoutMs)
    try {
      const { response, url } = await follow(new URL(given), options, signal)
      return await receive(response, { url, scratch, maxBytes: options.maxBytes })
    } catch (cause) {
      // A word more would tell who asks what is inside the network.
      throw new BentoError('BODY_INVALID', 'The URL of a file cannot be fetched', { cause })
    }
  }
}

interface Fetched {
  readonly response: IncomingMessage
  readonly url: URL
}

/** Each hop is looked at as the first: a redirect may lead inside. */
async function follow(
  start: URL,
  options: FileFetcherOptions,
  signal: AbortSignal,
): Promise<Fetched> {
  let url = start
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await open(url, await addressOf(url, options), signal)
    const { statusCode = 0, headers } = response
    if (statusCode === 200) return { response, url }
    response.destroy()
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
      throw new Error(`${url.href} answered ${statusCode}`)
    }
    url = new URL(headers.location, url)
  }
  throw new Error(`${start.href} leads on and on`)
}

/** The one address that is connected to: a name is resolved once, so that it cannot mean another the second time. */
async function addressOf(
  { hostname, protocol }: URL,
  { resolve = resolveAll, isAllowed = isGlobalAddress }: FileFetcherOptions,
): Promise<string> {
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${protocol} is not fetched`)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(host) > 0 ? [host] : await resolve(host)
  const [first] = addresses
  if (first !== undefined && addresses.every((address) => isAllowed(address))) return first
  throw new Error(`${hostname} is not of the public internet`)
}

async function resolveAll(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

async function open(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const isPlain = url.protocol === 'http:'
  const { get } = isPlain ? await import('node:http') : await import('node:https')
  const options: RequestOptions & { readonly servername?: string } = {
    host: address,
    port: url.port === '' ? undefined : url.port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'accept-encoding': 'identity' },
    // No connection is kept: the next host may have another name.
    agent: false,
    signal,
    ...(isPlain ? {} : { servername: url.hostname }),
  }
  return new Promise((resolve, reject) => {
    get(options, resolve).once('error', reject)
  })
}

interface Receipt {
  readonly url: URL
  readonly scratch: Scratch
  readonly maxBytes: number
}

async function receive(
  response: IncomingMessage,
  { url, scratch, maxBytes }: Receipt,
): Promise<OwnFile> {
  const [type = ''] = (response.headers['content-type'] ?? '').split(';')
  const name = basename(url.pathname).slice(0, 255)
  const label = type === '' ? { name } : { name, type: type.trim().toLowerCase() }
  const spool = new Spool(scratch, label)
  const chunks: AsyncIterable<Buffer> = response
  let size = 0
  try {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > maxBytes) throw new Error(`${url.href} is larger than ${maxBytes} bytes`)
      await spool.add(chunk)
    }
    return await spool.finish()
  } finally {
    await spool.close()
  }
}
