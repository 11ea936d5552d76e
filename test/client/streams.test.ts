import { beforeEach, expect, test } from '@jest/globals'
import { client, type ServiceClient } from '../../src/client/client.ts'
import { readEvents } from '../../src/client/events.ts'
import { appOf } from '../serve/app-of.ts'
import { Flowers, runs } from './flowers.ts'
import { listen, quietly } from './listen.ts'

beforeEach(() => runs.clear())

async function open(): Promise<ServiceClient<Flowers>> {
  return client<Flowers>(await listen(await appOf(Flowers, quietly)))
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

test('gives the items of a stream one by one', async () => {
  await using flowers = await open()
  const text = 'äö}{"\n'
  await expect(all(flowers.count({ to: 3 }))).resolves.toEqual([
    { n: 1, text },
    { n: 2, text },
    { n: 3, text },
  ])
})

test('gives texts as they are', async () => {
  await using flowers = await open()
  const words = await all(flowers.words({ texts: ['é"', '1', ' '] }))
  expect(words.join('')).toBe('é"1 ')
})

test('stops a method whose items nobody takes', async () => {
  await using flowers = await open()
  for await (const { n } of flowers.count({ to: 1000 })) {
    if (n === 2) break
  }
  while (!runs.has('ended')) await new Promise((resolve) => setImmediate(resolve))
  expect(runs.get('ended')).toBe(1)
})

test('sends nothing before the first item is asked for', async () => {
  await using flowers = await open()
  const items = flowers.count({ to: 1 })[Symbol.asyncIterator]()
  await flowers.greet()
  expect(runs.has('ended')).toBe(false)
  await items.next()
  await items.next()
  expect(runs.get('ended')).toBe(1)
})

test('ends a stream when its caller has had enough', async () => {
  await using flowers = await open()
  const abort = new AbortController()
  const items = flowers.count({ to: 1000 }, { signal: abort.signal })[Symbol.asyncIterator]()
  await items.next()
  abort.abort(new Error('enough'))
  await expect(items.next()).rejects.toThrow('enough')
})

test('bounds the wait for the first item alone', async () => {
  await using flowers = await open()
  await flowers.greet()
  const items = await all(flowers.count({ to: 100 }, { timeoutMs: 300 }))
  expect(items).toHaveLength(100)
})

test('reads events, and the lines of a text', async () => {
  await using flowers = await open()
  await expect(all(flowers.events({ to: 3, fails: false }))).resolves.toEqual([1, 2, 3])
  const texts = ['one\ntwo', '', ' three ', 'event: end']
  await expect(all(flowers.lines({ texts }))).resolves.toEqual(texts)
})

test('fails where the stream does, with what it says', async () => {
  await using flowers = await open()
  const seen: number[] = []
  const reading = (async () => {
    for await (const n of flowers.events({ to: 2, fails: true })) seen.push(n)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'No more flowers' })
  expect(seen).toEqual([1, 2])
})

test('fails with a status before the first item', async () => {
  await using flowers = await open()
  await expect(all(flowers.withers())).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' })
})

test('fills the path of a route from the input', async () => {
  await using flowers = await open()
  await expect(flowers.bed({ id: 'a/b c', size: 3 })).resolves.toBe('3 in a/b c')
  await expect(flowers.bed({ id: '', size: 3 })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'The route /beds/{id}/flowers needs "id"',
  })
})

test('reads events however they are cut and whatever ends their lines', async () => {
  const text = ': a comment\r\nid: 1\r\ndata: one\r\n\r\ndata:two\rdata: 2\r\revent: x\ndata\n\n\n'
  const cut = async function* cut(size: number): AsyncGenerator<string, void> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }
  for (const size of [1, 2, 3, 100]) {
    const events = await all(readEvents(cut(size)))
    expect(events).toEqual([
      { event: 'message', data: 'one' },
      { event: 'message', data: 'two\n2' },
      { event: 'x', data: '' },
    ])
  }
})
