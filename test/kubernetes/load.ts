import { request } from 'node:http'
import { text } from 'node:stream/consumers'

const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

export interface Load {
  /** Ends it, and tells how it went. */
  stop(): Promise<{ readonly answered: number; readonly failures: readonly string[] }>
}

/** Clients that ask one request after the other, each on a connection of its own, and never try again. */
export function startLoad(url: string, clients: number): Load {
  const stop = new AbortController()
  let answered = 0
  const failures: string[] = []
  const ask = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const outcome = await classify(url).catch(String)
      if (outcome === '200 ["setosa"]') answered++
      else failures.push(outcome)
    }
  }
  const all = Promise.all(Array.from({ length: clients }, ask))
  return {
    async stop() {
      stop.abort()
      await all
      return { answered, failures }
    },
  }
}

function classify(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const sent = request(`${url}/classify`, { method: 'POST', headers, agent: false })
    sent.on('error', reject)
    sent.on('response', (answer) => {
      text(answer).then((body) => resolve(`${answer.statusCode} ${body}`), reject)
    })
    sent.end(JSON.stringify({ features: [flower] }))
  })
}
