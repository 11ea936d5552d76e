import { expect, test } from '@jest/globals'
import { client } from '../../src/client/client.ts'
import { appOf } from '../serve/app-of.ts'
import { Flowers } from './flowers.ts'
import { listen, quietly } from './listen.ts'

// The first that a double does not hold, and the last of 64 bits.
const large = [2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]

test.each(large)('rounds %s nowhere in an answer', async (id) => {
  await using flowers = client<Flowers>(await listen(await appOf(Flowers, quietly)))
  expect(await flowers.ids({ id })).toEqual({ id, maybe: id, all: [id, 1n], share: 0.5 })
})

test('gives bigints for small numbers too, as the types say', async () => {
  await using flowers = client<Flowers>(await listen(await appOf(Flowers, quietly)))
  expect(await flowers.ids({ id: 3n })).toMatchObject({ id: 3n, maybe: null, all: [3n, 1n] })
  expect(await flowers.next(4)).toBe(5n)
})

test('rounds none that is the whole answer, or an item of a stream', async () => {
  await using flowers = client<Flowers>(await listen(await appOf(Flowers, quietly)))
  expect(await flowers.next(2n ** 60n)).toBe(2n ** 60n + 1n)
  const items: bigint[] = []
  for await (const item of flowers.countUp({ from: 2n ** 62n })) items.push(item)
  expect(items).toEqual([2n ** 62n, 2n ** 62n + 1n])
})
