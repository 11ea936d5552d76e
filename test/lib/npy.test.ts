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
  ['its dtype ">O" is not supported', edit('<f4', '>O')],
  ['its size does not fit its shape', edit('(1, 2)', '(0, 2)')],
])('says what is wrong with a file: %s', (reason, file) => {
  expect(parseNpy(file)).toBe(reason)
})

test.each([
  ['<i2', Int16Array.of(1, 4, 2, 5, 3, 6), Int16Array.of(1, 2, 3, 4, 5, 6)],
  ['<f4', Float32Array.of(1, 4, 2, 5, 3, NaN), Float32Array.of(1, 2, 3, 4, 5, NaN)],
  ['<i8', BigInt64Array.of(1n, -1n, 2n, 5n, 3n, 6n), BigInt64Array.of(1n, 2n, 3n, -1n, 5n, 6n)],
])('reads %s column by column, as pandas lays it out', (description, lying, data) => {
  expect(parseNpy(fileOf(description, '(2, 3)', Buffer.from(lying.buffer)))).toMatchObject({
    shape: [2, 3],
    data,
  })
})

test('reads more than two axes column by column', () => {
  const lying = Uint8Array.of(0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22)
  const file = fileOf('|u1', '(2, 3, 3)', Buffer.from(lying))
  const data = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22]
  expect(parseNpy(file)).toMatchObject({ shape: [2, 3, 3], data: Uint8Array.from(data) })
})

test('reads the bytes of other processors', () => {
  const bytes = Buffer.alloc(24)
  bytes.writeDoubleBE(1.5, 0)
  bytes.writeDoubleBE(-2, 8)
  const file = fileOf('>f8', '(3,)', bytes)
  expect(parseNpy(file)).toMatchObject({ dtype: 'float64', data: Float64Array.of(1.5, -2, 0) })
  const words = Buffer.from([0, 1, 255, 255])
  expect(parseNpy(fileOf('>i2', '(2,)', words))).toMatchObject({ data: Int16Array.of(1, -1) })
})

function fileOf(description: string, shape: string, elements: Buffer): Buffer {
  const text = `{'descr': '${description}', 'fortran_order': True, 'shape': ${shape}, }`
  const start = Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1')
  return Buffer.concat([start, Buffer.from(text.padEnd(0x75) + '\n', 'latin1'), elements])
}

function edit(from: string, to: string): Buffer {
  const text = saved.toString('latin1').replace(from, to)
  const spaces = from.length - to.length
  const padded =
    spaces > 0 ? text.replace('}', `}${' '.repeat(spaces)}`) : text.replace(' '.repeat(-spaces), '')
  return Buffer.from(padded, 'latin1')
}
