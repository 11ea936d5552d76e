import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { runNode } from '../../../../src/lib/exec.ts'
import { holds } from '../../../../src/lib/tensor-ops.ts'
import type { DType, Tensor, TensorData } from '../../../../src/lib/tensor.ts'
import { onnx } from '../../../../src/models/runtimes/onnx/runtime.ts'
import { loadRuntime } from '../../../../src/models/runtimes/registry.ts'
import type { LoadedModel } from '../../../../src/models/runtimes/runtime.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import {
  addModel,
  externalInitializer,
  identityModel,
  message,
  onnxModel,
  node,
  integer,
  text,
} from '../../onnx-writer.ts'

const options = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }

async function load(bytes: Uint8Array): Promise<LoadedModel> {
  const file = join(await temporaryFolder(), 'model.onnx')
  await writeFile(file, bytes)
  return onnx.load(file, options)
}

const table: [DType, TensorData][] = [
  ['float32', new Float32Array([1.5, -2, NaN, Infinity])],
  ['float64', new Float64Array([1.1, -2.2, 1e300, -0])],
  ['float16', new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001])],
  ['int8', new Int8Array([-128, 127, 0, 1])],
  ['int16', new Int16Array([-32768, 32767, 0, 1])],
  ['int32', new Int32Array([-(2 ** 31), 2 ** 31 - 1, 0, 1])],
  ['int64', new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n])],
  ['uint8', new Uint8Array([0, 255, 1, 2])],
  ['uint16', new Uint16Array([0, 65535, 1, 2])],
  ['uint32', new Uint32Array([0, 2 ** 32 - 1, 1, 2])],
  ['uint64', new BigUint64Array([0n, 2n ** 64n - 1n, 1n, 2n])],
  ['bool', new Uint8Array([1, 0, 0, 1])],
  ['string', ['', 'a', 'ß 🙂', 'x'.repeat(1000)]],
]

test.each(table)('carries %s through a model without loss', async (dtype, data) => {
  const model = await load(identityModel(dtype))
  expect(model.inputs).toEqual([{ name: 'x', dtype, shape: [null, 2] }])
  const { y } = await model.run({ x: { dtype, shape: [2, 2], data } })
  expect(y).toEqual({ dtype, shape: [2, 2], data })
  expect(holds(dtype, y?.data)).toBe(true)
  await model.release()
})

test('reads a view into a larger buffer where it begins', async () => {
  const model = await load(identityModel('float16'))
  const data = new Uint16Array([9, 9, 0x3c00, 0x4000, 9]).subarray(2, 4)
  const { y } = await model.run({ x: { dtype: 'float16', shape: [1, 2], data } })
  expect(y?.data).toEqual(new Uint16Array([0x3c00, 0x4000]))
})

test('takes a batch of no rows', async () => {
  const model = await load(identityModel('float32'))
  const x: Tensor = { dtype: 'float32', shape: [0, 2], data: new Float32Array(0) }
  const { y } = await model.run({ x })
  expect(y).toEqual(x)
})

const good: Tensor = { dtype: 'float32', shape: [1, 2], data: new Float32Array(2) }

test.each<[string, Record<string, Tensor>, string]>([
  ['a missing input', {}, '"x": it is missing'],
  ['an unknown input', { x: good, z: good }, '"z": the model has no such input'],
  [
    'another element type',
    { x: { dtype: 'float64', shape: [1, 2], data: new Float64Array(2) } },
    '"x": expected float32[?, 2], got float64[1, 2]',
  ],
  [
    'another rank',
    { x: { dtype: 'float32', shape: [2], data: new Float32Array(2) } },
    '"x": expected float32[?, 2], got float32[2]',
  ],
  [
    'another fixed size',
    { x: { dtype: 'float32', shape: [1, 3], data: new Float32Array(3) } },
    '"x": expected float32[?, 2], got float32[1, 3]',
  ],
  [
    'too few elements',
    { x: { dtype: 'float32', shape: [2, 2], data: new Float32Array(2) } },
    '"x": 2 elements do not fill float32[2, 2]',
  ],
  [
    'a negative size',
    { x: { dtype: 'float32', shape: [-1, 2], data: new Float32Array(2) } },
    '"x": 2 elements do not fill float32[-1, 2]',
  ],
  [
    'an array of another type',
    { x: { dtype: 'float32', shape: [1, 2], data: new Float64Array(2) } },
    '"x": its data is not the array for float32',
  ],
])('refuses %s in one sentence', async (_name, inputs, reason) => {
  const model = await load(identityModel('float32'))
  await expect(model.run(inputs)).rejects.toMatchObject({
    code: 'MODEL_INPUT_INVALID',
    message: `The model cannot take these inputs: ${reason}`,
    hint: 'Give it "x" float32[?, 2].',
  })
})

test('reports a run that fails inside the model', async () => {
  // Reshaping two columns into three works only when the rows happen to fit.
  const shape = message(5, [
    integer(1, 2),
    integer(2, 7),
    ...[-1, 3].map((size) => integer(7, size)),
    text(8, 'shape'),
  ])
  const model = await load(
    onnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['n', 2] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['m', 3] }],
      graph: [node('Reshape', { from: ['x', 'shape'], to: ['y'] }), shape],
    }),
  )
  await expect(model.run({ x: good })).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' })
})

test('reports a file that onnxruntime cannot load', async () => {
  const unknown = onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: [1] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1] }],
    graph: [node('NoSuchOperator', { from: ['x'], to: ['y'] })],
  })
  await expect(load(unknown)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringContaining('NoSuchOperator'),
  })
})

test('reports an element type that bento has none for', async () => {
  await expect(load(identityModel('bfloat16'))).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
  })
})

test('opens tensors in a file beside the model', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'weights.bin'), new Float32Array([10, 20]))
  await writeFile(join(folder, 'add.onnx'), addModel(externalInitializer('weights.bin')))
  const model = await onnx.load(join(folder, 'add.onnx'), options)
  const { y } = await model.run({ x: { ...good, data: new Float32Array([1, 2]) } })
  expect(y?.data).toEqual(new Float32Array([11, 22]))
})

test('knows its runtimes by name', async () => {
  await expect(loadRuntime('onnx')).resolves.toBe(onnx)
  await expect(loadRuntime('abacus')).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
})

test('names the line to type where onnxruntime is missing, and finds it from another root', async () => {
  const folder = await temporaryFolder()
  const root = fileURLToPath(new URL('../../../..', import.meta.url))
  const entry = join(root, 'src/models/runtimes/onnx/runtime.ts')
  const outfile = join(folder, 'runtime.mjs')
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node' })
  await mkdir(join(folder, 'elsewhere'))
  await writeFile(join(folder, 'model.onnx'), identityModel('float32'))
  await writeFile(
    join(folder, 'main.mjs'),
    `import { onnx } from ${JSON.stringify(pathToFileURL(outfile).href)}
     const load = (packageRoots) =>
       onnx.load('model.onnx', { intraOpThreads: 1, allowSpinning: false, packageRoots })
     const error = await load([${JSON.stringify(join(folder, 'elsewhere'))}]).catch((error) => error)
     const model = await load([${JSON.stringify(root)}])
     console.log(JSON.stringify({ code: error.code, hint: error.hint, inputs: model.inputs.length }))
     await model.release()`,
  )
  const { stdout, stderr } = await runNode(join(folder, 'main.mjs'), { cwd: folder })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    code: 'PACKAGE_MISSING',
    hint: expect.stringContaining('npm install onnxruntime-node@1.30.0'),
    inputs: 1,
  })
})

// Windows has it.
const absent = process.platform === 'win32' ? 'coreml' : 'directml'

test('refuses a provider that does not work here, and says what would', async () => {
  const file = join(await temporaryFolder(), 'model.onnx')
  await writeFile(file, identityModel('float32'))
  await expect(onnx.load(file, { ...options, providers: [absent] })).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringContaining(`model.onnx" does not run on ${absent} (`),
    hint: expect.stringContaining('name one to fall back on'),
  })
})

test('falls back on the next provider of the list, and says so', async () => {
  const file = join(await temporaryFolder(), 'model.onnx')
  await writeFile(file, identityModel('float32'))
  const model = await onnx.load(file, { ...options, providers: [absent, 'cpu'] })
  expect(model.note).toMatch(
    new RegExp(`^it runs on cpu, since it does not on ${absent} \\(.+\\)$`),
  )
  const x = { dtype: 'float32', shape: [1, 2], data: new Float32Array([1, 2]) } as const
  expect((await model.run({ x }))['y']?.data).toEqual(x.data)
  await model.release()
  const plain = await onnx.load(file, { ...options, providers: ['cpu', absent] })
  expect(plain.note).toBeUndefined()
  await plain.release()
})
