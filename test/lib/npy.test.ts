import { expect, test } from '@jest/globals'
import { isNpy, parseNpy, renderNpy } from '../../src/lib/npy.ts'
import { createTensor } from '../../src/lib/tensor-ops.ts'

/** What numpy 2 writes for `np.save(file, np.array([[1.5, 2]], "<f4"))`. */
const saved = Buffer.concat([
  Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'),
  Buffer.from(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(0x75) + '\n',
    'latin1',
  ),
  Buffer.from(Float32Array.of(1.5, 2).buffer),
])

test('reads what numpy writes, its elements where they lie', () => {
  expect(isNpy(saved)).toBe(true)
  const body = Buffer.alloc(saved.length)
  saved.copy(body)
  const tensor = parseNpy(body)
  expect(tensor).toMatchObject({
    dtype: 'float32',
    shape: [1, 2],
    data: Float32Array.of(1.5, 2),
  })
  expect(tensor).toMatchObject({ data: { buffer: body.buffer } })
})

test('reads elements that do not lie where the processor wants them', () => {
  const shifted = Buffer.concat([Buffer.alloc(1), saved]).subarray(1)
  expect(parseNpy(shifted)).toMatchObject({ data: Float32Array.of(1.5, 2) })
})

test.each([
  createTensor('float64', [2], Float64Array.of(0.1, NaN)),
  createTensor('int64', [1, 1, 2], BigInt64Array.of(2n ** 62n, -1n)),
  createTensor('bool', [], Uint8Array.of(1)),
  createTensor('float16', [0, 3], new Uint16Array(0)),
])('reads again what it writes', (tensor) => {
  const file = renderNpy(tensor)
  expect(file && parseNpy(file)).toEqual(tensor)
  // The elements begin where memory is mapped well.
  expect(file?.subarray(0, 128).indexOf('\n')).toBe(127)
})

test('writes no strings', () => {
  expect(renderNpy(createTensor('string', [1], ['a']))).toBeUndefined()
})

test.each([
  ['its header is not whole', saved.subarray(0, 50)],
  ['its header is not whole', saved.subarray(0, 8)],
  ['its size does not fit its shape', saved.subarray(0, -4)],
  ['its size does not fit its shape', edit('(1, 2)', '(1, 3)')],
  ['its size does not fit its shape', edit('(1, 2), }', '(9007199254740991, 9007199254740991), }')],
  ['its shape is not one', edit('(1, 2)', '(99999999999999999999,)')],
  ['its shape is not one', edit('(1, 2)', '(-1, 2)')],
  ['its dtype "|O" is not supported', edit('<f4', '|O')],
  ['its dtype ">f4" is not supported', edit('<f4', '>f4')],
  ['its order is not C', edit('False', 'True')],
])('says what is wrong with a file: %s', (reason, file) => {
  expect(parseNpy(file)).toBe(reason)
})

function edit(from: string, to: string): Buffer {
  const text = saved.toString('latin1').replace(from, to)
  const spaces = from.length - to.length
  const padded =
    spaces > 0 ? text.replace('}', `}${' '.repeat(spaces)}`) : text.replace(' '.repeat(-spaces), '')
  return Buffer.from(padded, 'latin1')
}
