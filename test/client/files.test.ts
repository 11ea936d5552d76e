import { expect, test } from '@jest/globals'
import { client, type ServiceClient } from '../../src/client/client.ts'
import { appOf } from '../serve/app-of.ts'
import { Flowers } from './flowers.ts'
import { listen, quietly } from './listen.ts'

async function open(): Promise<ServiceClient<Flowers>> {
  return client<Flowers>(await listen(await appOf(Flowers, quietly)))
}

test('sends files beside other parameters', async () => {
  await using flowers = await open()
  const photo = new File(['rosé'], 'rose.txt', { type: 'text/markdown' })
  await expect(flowers.describe({ photo, label: '"é"' })).resolves.toBe(
    '"é": rose.txt text/markdown rosé',
  )
  await expect(flowers.describe({ photo: Buffer.from('bytes') })).resolves.toMatch(
    /^no label: .* bytes$/,
  )
})

test('sends several files as one parameter', async () => {
  await using flowers = await open()
  const photos = [new Blob(['12']), Uint8Array.of(1, 2, 3), new File(['1234'], 'four')]
  await expect(flowers.weigh({ photos })).resolves.toBe(9)
})

test('sends and gets a file as a body', async () => {
  await using flowers = await open()
  const copy = await flowers.copy(new Blob(['a note'], { type: 'text/plain' }))
  expect([copy.name, copy.type, await copy.text()]).toEqual(['copié.txt', 'text/plain', 'a note'])
})

test('sends and gets bytes', async () => {
  await using flowers = await open()
  expect(await flowers.flip(Uint8Array.of(1, 0, 255))).toEqual(Buffer.from([255, 0, 1]))
})

test('refuses what is no file before it sends it', async () => {
  await using flowers = await open()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a caller may lie to the types
  const photo = 'rose.txt' as unknown as Blob
  await expect(flowers.describe({ photo })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'A file is sent as a Blob, a File or bytes',
  })
})

test.each([3, 30_000])('keeps every digit of %i integers of 64 bits', async (size) => {
  await using flowers = await open()
  const x = BigInt64Array.from({ length: size }, (_one, index) => 2n ** 53n + BigInt(index))
  const { dtype, data } = await flowers.same({ x })
  expect(dtype).toBe('int64')
  expect(data).toEqual(x)
})
