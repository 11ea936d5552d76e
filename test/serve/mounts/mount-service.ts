import type { IncomingMessage, ServerResponse } from 'node:http'
import express from 'express'
import { Hono } from 'hono'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { api, mount, service, type Mountable } from '../../../src/sdk.ts'

/** A service with an app of each kind. */
@service()
export class Mounts {
  readonly greeting = 'hello'
  readonly #sockets = new WebSocketServer({ noServer: true })

  @api({ input: { name: z.string() }, output: z.string() })
  greet({ name }: { name: string }): string {
    return `${this.greeting} ${name}`
  }

  @mount('/hono')
  hono(): Hono {
    const app = new Hono()
    app.get('/', (c) => c.text(`${this.greeting} from hono`))
    app.post('/echo', async (c) => {
      c.header('set-cookie', 'a=1')
      c.header('set-cookie', 'b=2', { append: true })
      return c.json({ body: await c.req.text(), path: c.req.path, q: c.req.query('q') }, 201)
    })
    app.get('/fails', () => {
      throw new Error('the password is 1234')
    })
    return app
  }

  @mount('/express')
  express(): Mountable {
    const app = express()
    app.use(express.json())
    app.get('/', (_request, response) => void response.send('hello from express'))
    app.put('/items/:id', (request, response) => {
      response
        .status(202)
        .json({ id: request.params.id, body: request.body as unknown, from: request.originalUrl })
    })
    return app
  }

  @mount('/raw')
  raw(): Mountable {
    return async (request: Request) => {
      if (request.method === 'DELETE') return new Response(null, { status: 204 })
      throw new Error('the password is 1234')
    }
  }

  @mount('/nodes')
  nodes(): Mountable {
    return (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/fails') throw new Error('the password is 1234')
      response.write('node ')
      response.end()
    }
  }

  @mount('/chat')
  chat(): Mountable {
    return {
      upgrade: (request, socket, head) => {
        this.#sockets.handleUpgrade(request, socket, head, (client) => {
          client.on('message', (message: Buffer) =>
            client.send(`${request.url} ${message.toString()}`),
          )
        })
      },
    }
  }
}
