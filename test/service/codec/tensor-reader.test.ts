import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import type { Codec } from '../../../src/service/codec/codec.ts'
import { compileCodec } from '../../../src/service/codec/compile.ts'
import type { InputSchema } from '../../../src/service/schema-types.ts'
import { tensor } from '../../../src/service/tensor-schema.ts'

const x = tensor({ shape: [null, 2] })
const quick = compileCodec({ name: 'quick', input: { x } })
// One parameter that is no tensor, and the whole body goes through JSON.parse.
const plain = compileCodec({ name: 'plain', input: { x, other: z.string().optional() } })

function outcome(codec: Codec, body: string): unknown {
  try {
    return codec.decode(Buffer.from(body), undefined)
  } catch (error) {
    return error instanceof Object && 'detail' in error ? error.detail : error
  }
}

test.each([
  '{"x":[[1,2],[3,4.5]]}',
  ' { "x" : [ [ 1 , -2e-3 ] ] } ',
  '{"x":[[1,2]],"x":[[3,4]]}',
  '{"x":[[1,2]],"more":true}',
  String.raw`{"\u0078":[[1,2]]}`,
  '{"x":[]}',
  '{"x":[[1,2],[3]]}',
  '{"x":[[1,2,3]]}',
  '{"x":[[1,"2"]]}',
  '{"x":[[1,NaN]]}',
  '{"x":[[1,1e400]]}',
  '{"x":null}',
  '{}',
  '[[1,2]]',
  '{"x":[[1,2]]} trailing',
  '{"x":[[1,2]]',
  '{"x":[[01,2]]}',
])('a tensor of %s is what JSON.parse would make of it', (body) => {
  expect(outcome(quick, body)).toEqual(outcome(plain, body))
})

test('also where a body was cut or changed anywhere', () => {
  const sound = '{"x": [[1.25, -2e3],\n[0, 12345.678]]}'
  const chars = fc.constantFrom(...'{ } [ ] " , : x 0 1 9 - + . e \n \\ null ä'.split(' '), ' ')
  const changed = fc
    .tuple(fc.nat(sound.length), fc.nat(2), fc.array(chars, { maxLength: 2 }))
    .map(([at, gone, added]) => sound.slice(0, at) + added.join('') + sound.slice(at + gone))
  fc.assert(
    fc.property(changed, (body) => {
      expect(outcome(quick, body)).toEqual(outcome(plain, body))
    }),
    { numRuns: 3000 },
  )
})

test.each<[string, [input: InputSchema, body: string, expected: object]]>([
  ['a body that is a tensor', [x, '[[1,2]]', { shape: [1, 2], data: Float32Array.of(1, 2) }]],
  [
    'several tensors in any order',
    [
      { a: tensor({ shape: [2] }), 'b"': tensor({ shape: [null, 1, 1] }) },
      String.raw`{"b\"":[[[3]]],"a":[1,2]}`,
      { a: { shape: [2], data: Float32Array.of(1, 2) }, 'b"': { shape: [1, 1, 1] } },
    ],
  ],
  [
    'doubles',
    [
      { x: tensor({ dtype: 'float64', shape: [1] }) },
      '{"x":[0.1]}',
      { x: { data: Float64Array.of(0.1) } },
    ],
  ],
  [
    'any shape',
    [{ x: tensor() }, '{"x":[[[0.1]]]}', { x: { shape: [1, 1, 1], data: Float32Array.of(0.1) } }],
  ],
])('%s', (_name, [input, body, expected]) => {
  expect(
    compileCodec({ name: 'method', input }).decode(Buffer.from(body), undefined),
  ).toMatchObject(expected)
})
