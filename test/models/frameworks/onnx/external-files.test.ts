import { link, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { onnx } from '../../../../src/models/frameworks/onnx/framework.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import {
  addModel,
  externalInitializer,
  externalTensor,
  message,
  node,
  onnxModel,
} from '../../onnx-writer.ts'

async function write(bytes: Uint8Array | string, name = 'model.onnx'): Promise<string> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, bytes)
  return file
}

const plain = { name: 'y', type: 'float32', shape: [1] } as const
const inAttribute = message(5, [message(5, externalTensor('sub/w.bin'))])
const inSubgraph = message(5, [message(6, [message(5, externalTensor('sub/w.bin'))])])
const sparse = [message(1, externalTensor('sub/w.bin'))]

test.each<[string, Uint8Array]>([
  ['an initializer', addModel(externalInitializer('sub/w.bin'))],
  ['an initializer with a dot', addModel(externalInitializer('./sub/w.bin'))],
  ['a sparse initializer', onnxModel({ outputs: [plain], graph: [message(15, sparse)] })],
  [
    'an attribute',
    onnxModel({
      outputs: [plain],
      graph: [node('Constant', { from: [], to: ['y'] }, [inAttribute])],
    }),
  ],
  [
    'a sparse attribute',
    onnxModel({
      outputs: [plain],
      graph: [node('Constant', { from: [], to: ['y'] }, [message(5, [message(22, sparse)])])],
    }),
  ],
  [
    'a subgraph',
    onnxModel({ outputs: [plain], graph: [node('If', { from: [], to: ['y'] }, [inSubgraph])] }),
  ],
  [
    'a function',
    onnxModel({
      outputs: [plain],
      model: [message(25, [message(7, [inAttribute])])],
    }),
  ],
  [
    'a training graph',
    onnxModel({
      outputs: [plain],
      model: [message(20, [message(1, [message(5, externalTensor('sub/w.bin'))])])],
    }),
  ],
])('finds the file that %s keeps its tensor in', async (_name, bytes) => {
  const file = await write(bytes)
  const weights = join(dirname(file), 'sub/w.bin')
  await mkdir(dirname(weights))
  await writeFile(weights, 'weights')
  const { files } = await onnx.read(file)
  expect(files).toEqual([
    { source: file, target: 'model.onnx' },
    { source: weights, target: 'sub/w.bin' },
  ])
})

test.each([
  '../secret',
  'sub/../../secret',
  'sub/../w.bin',
  '/etc/passwd',
  'C:\\secret',
  'c:secret',
  '..\\secret',
  'sub//w.bin',
  '',
  '.',
  './../secret',
  'w.bin\u0000',
])('refuses tensors in %j', async (location) => {
  const file = await write(addModel(externalInitializer(location)))
  await writeFile(join(dirname(file), 'w.bin'), 'weights')
  await expect(onnx.read(file)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('outside its own folder'),
  })
})

test('names a file of tensors that is missing', async () => {
  const file = await write(addModel(externalInitializer('w.bin')))
  await expect(onnx.read(file)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('"w.bin"'),
  })
})

test.each<[string, string, (folder: string, secret: string) => Promise<void>]>([
  ['a symbolic link', 'w.bin', (folder, secret) => symlink(secret, join(folder, 'w.bin'))],
  ['a hard link', 'w.bin', (folder, secret) => link(secret, join(folder, 'w.bin'))],
  ['a linked folder', 'd/secret', (folder, secret) => symlink(dirname(secret), join(folder, 'd'))],
])('refuses tensors behind %s', async (_name, location, makeLink) => {
  const secret = await write('secret', 'secret')
  const file = await write(addModel(externalInitializer(location)))
  await makeLink(dirname(file), secret)
  await expect(onnx.read(file)).rejects.toMatchObject({ code: 'LINK_REFUSED' })
})
