import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isBentoError } from '../../../../src/errors.ts'
import { onnx } from '../../../../src/models/frameworks/onnx/framework.ts'
import { detectFramework, loadFramework } from '../../../../src/models/frameworks/registry.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { identityModel, integer, message, node, onnxModel, text } from '../../onnx-writer.ts'
import type { Write } from '../../onnx-writer.ts'

async function write(bytes: Uint8Array | string, name = 'model.onnx'): Promise<string> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, bytes)
  return file
}

test('reads inputs, outputs and what the file says of itself', async () => {
  const file = await write(
    onnxModel({
      inputs: [
        { name: 'features', type: 'float32', shape: ['batch', 4] },
        { name: 'weight', type: 'float32', shape: [2] },
        { name: 'anything', type: 'string' },
      ],
      outputs: [
        { name: 'label', type: 'int64', shape: ['batch'] },
        { name: 'scores', type: 'float64', shape: [0, -1, 3] },
      ],
      graph: [message(5, [integer(1, 2), integer(2, 1), text(8, 'weight')])],
      model: [message(8, [text(1, 'ai.onnx.ml'), integer(2, 3)])],
    }),
  )
  expect(await onnx.read(file)).toEqual({
    runtime: 'onnx',
    files: [{ source: file, target: 'model.onnx' }],
    main: 'model.onnx',
    inputs: [
      { name: 'features', dtype: 'float32', shape: [null, 4] },
      { name: 'anything', dtype: 'string', shape: [] },
    ],
    outputs: [
      { name: 'label', dtype: 'int64', shape: [null] },
      { name: 'scores', dtype: 'float64', shape: [null, null, 3] },
    ],
    context: {
      ir_version: 8,
      producer: 'bento-test',
      producer_version: '1.0',
      'opset ai.onnx': 17,
      'opset ai.onnx.ml': 3,
    },
  })
})

test.each<[string, Uint8Array | string, string]>([
  ['nothing', '', 'an empty file'],
  ['text', 'these are weights\n', 'a text file'],
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid', 'a Git LFS pointer'],
  ['a web page', '<!DOCTYPE html><html><title>404</title>', 'a web page'],
  ['a zip file', Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1'), 'a zip file'],
  ['a pickle', Buffer.from([0x80, 0x04, 0x95, 0x10]), 'a Python pickle'],
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08, 0x00]), 'a gzip file'],
  ['HDF5', Buffer.from('\u0089HDF\r\n', 'latin1'), 'an HDF5 file'],
  ['another protobuf', Buffer.from([0x0a, 0x02, 0xff, 0xfe, 0x12, 0x00]), 'another kind'],
  ['only zeros', Buffer.alloc(64), 'another kind'],
])('says what it takes %s for', async (_name, bytes, like) => {
  await expect(onnx.read(await write(bytes))).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining(like),
    hint: expect.stringMatching(/\.$/),
  })
})

test('refuses a model that was cut off anywhere', async () => {
  const whole = onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: [1] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1] }],
    graph: [node('Identity', { from: ['x'], to: ['y'] })],
  })
  for (let length = 0; length < whole.length; length++) {
    const file = await write(whole.subarray(0, length))
    await expect(onnx.read(file)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  }
})

test('answers random bytes with an error that it foresees', async () => {
  const model = identityModel('float32')
  const file = await write(model)
  const damaged = fc.tuple(fc.nat(model.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array(), damaged), async (value) => {
      const bytes = value instanceof Uint8Array ? value : overwritten(model, ...value)
      await writeFile(file, bytes)
      expect(await outcomeOf(file)).toMatch(/^(read|MODEL_INVALID|LINK_REFUSED)$/)
    }),
    { numRuns: 300 },
  )
})

async function outcomeOf(file: string): Promise<unknown> {
  try {
    await onnx.read(file)
    return 'read'
  } catch (error) {
    return isBentoError(error) ? error.code : error
  }
}

function overwritten(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.set(by.subarray(0, copy.length - at), at)
  return copy
}

test('refuses graphs nested beyond reason', async () => {
  let graph: Write = text(2, 'innermost')
  for (let depth = 0; depth < 500; depth++) {
    graph = message(1, [message(5, [message(6, [graph])])])
  }
  const file = await write(onnxModel({ outputs: [{ name: 'y', type: 'float32' }], graph: [graph] }))
  await expect(onnx.read(file)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('nested'),
  })
})

// scikit-learn classifiers come out of skl2onnx like this unless asked otherwise.
const zipMap = message(12, [
  text(1, 'probabilities'),
  message(2, [
    message(4, [
      message(1, [message(5, [integer(1, 7), message(2, [message(1, [integer(1, 1)])])])]),
    ]),
  ]),
])

test('reports an output that is a sequence of maps, and how to convert without', async () => {
  const file = await write(
    onnxModel({ outputs: [{ name: 'label', type: 'int64' }], graph: [zipMap] }),
  )
  await expect(onnx.read(file)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message:
      'The output "probabilities" is sequence(map(int64, float32)), not a tensor of a known type',
    hint: expect.stringContaining("'zipmap': False"),
  })
})

test('reports an element type that bento has none for', async () => {
  await expect(onnx.read(await write(identityModel('bfloat16')))).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('bfloat16'),
  })
})

test('refuses a model that is a link, and names the file behind it', async () => {
  const real = await write(identityModel('float32'))
  const file = join(await temporaryFolder(), 'link.onnx')
  await symlink(real, file)
  await expect(onnx.read(file)).rejects.toMatchObject({
    code: 'LINK_REFUSED',
    hint: expect.stringContaining(real),
  })
})

test('knows ONNX by its name or by its first bytes', async () => {
  expect(await detectFramework(await write('nonsense', 'model.ONNX'))).toBe(onnx)
  expect(await detectFramework(await write(identityModel('float32'), 'model.bin'))).toBe(onnx)
})

test('lists what it supports when it knows neither file nor framework', async () => {
  const unknown = { code: 'FRAMEWORK_UNKNOWN', hint: expect.stringContaining('onnx') }
  await expect(detectFramework(await write('text', 'model.txt'))).rejects.toMatchObject(unknown)
  await expect(detectFramework(await write('', 'empty'))).rejects.toMatchObject(unknown)
  await expect(loadFramework('abacus')).rejects.toMatchObject(unknown)
})
