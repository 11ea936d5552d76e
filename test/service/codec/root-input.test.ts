import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { compileCodec } from '../../../src/service/codec/compile.ts'

const sum = compileCodec({ name: 'sum', input: z.array(z.number()) })
const item = compileCodec({ name: 'item', input: z.object({ name: z.string() }) })

test('reads the whole body as one value', () => {
  expect(sum.decode(Buffer.from('[1,2]'), undefined)).toEqual([1, 2])
  expect(sum.isRootInput).toBe(true)
})

test.each([
  ['{"xs":[1]}', { type: 'list_type', loc: ['root'] }],
  ['[1,"a"]', { type: 'float_parsing', loc: ['root', 1] }],
  ['', { type: 'missing', loc: ['root'] }],
])('places what is wrong with a list under the root: %j', (body, detail) => {
  expect(() => sum.decode(Buffer.from(body), undefined)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', detail: [expect.objectContaining(detail)] }),
  )
})

test("places what is wrong with an object under its field's name", () => {
  expect(() => item.decode(Buffer.from('{"name":1}'), undefined)).toThrow(
    expect.objectContaining({ detail: [expect.objectContaining({ loc: ['name'] })] }),
  )
})

test('takes text for a string as it is', () => {
  const echo = compileCodec({ name: 'echo', input: z.string() })
  expect(echo.inputTypes).toEqual(['application/json', 'text/plain'])
  expect(echo.decode(Buffer.from('"quoted"'), 'text/plain; charset=utf-8')).toBe('"quoted"')
  expect(echo.decode(Buffer.from('"quoted"'), 'application/json')).toBe('quoted')
  expect(echo.decode(Buffer.alloc(0), 'text/plain')).toBe('')
})

test('awaits an asynchronous schema', async () => {
  const odd = z.number().refine(async (number) => number % 2 === 1)
  const codec = compileCodec({ name: 'odd', input: odd })
  await expect(codec.decode(Buffer.from('3'), undefined)).resolves.toBe(3)
  await expect(codec.decode(Buffer.from('4'), undefined)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  })
})
