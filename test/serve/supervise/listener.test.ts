import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { Listener } from '../../../src/serve/supervise/listener.ts'

const anywhere = { host: '127.0.0.1', port: 0, maxConnections: 10, setting: 'another port' }

test('keeps connections until somebody can take them, in their order', async () => {
  const listener = await Listener.open(anywhere)
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
  await listener.close()
})

test('waits at its end until somebody has what it accepted', async () => {
  const listener = await Listener.open(anywhere)
  const client = connect(listener.port, '127.0.0.1')
  await once(client, 'connect')
  const taken: Socket[] = []
  let isOpen = false
  listener.start((socket) => {
    if (isOpen) taken.push(socket)
    return isOpen
  })
  const closed = listener.close()
  await untilRefused(listener.port)
  isOpen = true
  listener.flush()
  await closed
  expect(taken.map(({ remotePort }) => remotePort)).toContain(client.localPort)
  for (const socket of [...taken, client]) socket.destroy()
})

test('closes at once what is above the maximum, and counts only what is open', async () => {
  const listener = await Listener.open({ ...anywhere, maxConnections: 2, setting: 'another port' })
  const taken: Socket[] = []
  listener.start((socket) => taken.push(socket) > 0)
  const kept = [await connected(listener.port), await connected(listener.port)]
  const refused = await connected(listener.port)
  await once(refused.resume(), 'close')
  expect(listener.takeRefused()).toBe(1)
  expect(listener.takeRefused()).toBe(0)
  listener.release(1)
  kept.push(await connected(listener.port))
  while (taken.length < 3) await nextTurn()
  expect(listener.takeRefused()).toBe(0)
  for (const socket of [...taken, ...kept]) socket.destroy()
  listener.abort()
})

test('closes the connections that nobody took when it is aborted', async () => {
  const listener = await Listener.open(anywhere)
  const client = connect(listener.port, '127.0.0.1')
  await once(client, 'connect')
  const closed = once(client, 'close')
  client.on('error', () => undefined)
  client.resume()
  listener.abort()
  await closed
  expect(client.destroyed).toBe(true)
})

test('names the port that is in use', async () => {
  const listener = await Listener.open(anywhere)
  await expect(Listener.open({ ...anywhere, port: listener.port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    exit: 1,
    message: `Port ${listener.port} of 127.0.0.1 is in use`,
  })
  listener.abort()
})

test('names an address that is not one of this machine', async () => {
  await expect(Listener.open({ ...anywhere, host: '192.0.2.1' })).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringContaining('192.0.2.1:0'),
  })
})

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const isRefused = await connected(port).then(
      (socket) => !socket.destroy(),
      () => true,
    )
    if (isRefused) return
    await nextTurn()
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
