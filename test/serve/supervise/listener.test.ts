import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { Listener } from '../../../src/serve/supervise/listener.ts'

test('keeps connections until somebody can take them, in their order', async () => {
  const listener = await Listener.open('127.0.0.1', 0)
  const clients = [connect(listener.port, '127.0.0.1'), connect(listener.port, '127.0.0.1')]
  await Promise.all(clients.map((client) => once(client, 'connect')))
  const taken: Socket[] = []
  let isOpen = false
  listener.start((socket) => {
    if (isOpen) taken.push(socket)
    return isOpen
  })
  isOpen = true
  while (taken.length < 2) {
    listener.flush()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(taken.map((socket) => socket.remotePort)).toEqual(
    clients.map((client) => client.localPort),
  )
  for (const socket of [...taken, ...clients]) socket.destroy()
  listener.close()
})

test('closes the connections that nobody took', async () => {
  const listener = await Listener.open('127.0.0.1', 0)
  const client = connect(listener.port, '127.0.0.1')
  await once(client, 'connect')
  const closed = once(client, 'close')
  client.on('error', () => undefined)
  client.resume()
  listener.close()
  await closed
  expect(client.destroyed).toBe(true)
})

test('names the port that is in use', async () => {
  const listener = await Listener.open('127.0.0.1', 0)
  await expect(Listener.open('127.0.0.1', listener.port)).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    exit: 1,
    message: `Port ${listener.port} of 127.0.0.1 is in use`,
  })
  listener.close()
})

test('names an address that is not one of this machine', async () => {
  await expect(Listener.open('192.0.2.1', 0)).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringContaining('192.0.2.1:0'),
  })
})
