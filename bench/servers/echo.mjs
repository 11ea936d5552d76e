// The floor: the least that a JSON service in Node can do. Parses the body and answers it as JSON again.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const answer = Buffer.from(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString('utf8'))))
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.length,
    })
    response.end(answer)
  })
})

process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
server.listen(Number(process.env.BENTO_PORT), '127.0.0.1')
