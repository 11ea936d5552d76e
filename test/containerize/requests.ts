import { request } from 'node:http'

export const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

export async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not get ready`)
}

export async function post(url: string, path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return answer.json()
}

interface Outcome {
  answered: number
  readonly lost: string[]
}

/** Sends one request after another, each on a connection of its own, until nobody listens. */
export async function sendUntilRefused(address: string): Promise<Outcome> {
  const outcome: Outcome = { answered: 0, lost: [] }
  for (;;) {
    const end = await sendOne(address)
    if (end === '200') outcome.answered++
    else {
      if (!['ECONNREFUSED', 'EHOSTUNREACH', 'timeout'].includes(end)) outcome.lost.push(end)
      return outcome
    }
  }
}

function sendOne(host: string): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' }
    const sent = request({
      host,
      port: 3000,
      path: '/classify',
      method: 'POST',
      headers,
      agent: false,
      timeout: 5000,
    })
    sent.on('response', (answer) => {
      answer.resume().on('end', () => resolve(String(answer.statusCode)))
    })
    // A container that is gone swallows what is sent to its address.
    sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })))
    sent.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    sent.end(JSON.stringify({ features: [flower] }))
  })
}
