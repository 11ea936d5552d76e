// One execution environment of Lambda: hands one event out, and waits for its answer.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/**
 * @returns {{ host, asked, answered, askedAgain, close }} `asked` resolves when the function is there, `answered` with
 * its answer, `askedAgain` when it has no more to do with it.
 */
export async function startLambdaApi(event) {
  const asked = Promise.withResolvers?.() ?? resolvers()
  const answered = Promise.withResolvers?.() ?? resolvers()
  const askedAgain = Promise.withResolvers?.() ?? resolvers()
  let isGiven = false
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      // The second time it waits until it is frozen.
      if (isGiven) return askedAgain.resolve()
      isGiven = true
      asked.resolve()
      const deadline = String(Date.now() + 30_000)
      const headers = {
        'lambda-runtime-aws-request-id': 'one',
        'lambda-runtime-deadline-ms': deadline,
      }
      response.writeHead(200, headers).end(JSON.stringify(event))
      return
    }
    answered.resolve(JSON.parse(await text(request)))
    response.writeHead(202).end('{}')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${server.address().port}`,
    asked: asked.promise,
    answered: answered.promise,
    askedAgain: askedAgain.promise,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

// For Node 20.
function resolvers() {
  let resolve
  const promise = new Promise((done) => (resolve = done))
  return { promise, resolve }
}
