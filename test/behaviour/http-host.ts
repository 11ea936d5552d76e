import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Call, Host } from './host.ts'

/** A service that listens at `url`. */
export function httpHost(url: string, close: () => Promise<void>): Host {
  return { send: (call) => sendTo(url, call), close }
}

// Not fetch: it adds headers of its own, and decodes answers.
function sendTo(url: string, { method, path, headers, body }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers })
    sent.on('error', reject)
    sent.on('response', (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
          ),
          body: Buffer.concat(parts),
          parts: parts.length,
        }),
      )
    })
    sent.end(body)
  })
}

/** Waits until the service says that it is ready. */
export async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(50)
  }
  throw new Error(`${url} does not get ready`)
}
