import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { onnx } from '../../../../src/models/runtimes/onnx/runtime.ts'
import { shareFrom, shareWeights } from '../../../../src/models/runtimes/onnx/shared-weights.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { side, writeLargeModel } from '../../large-model.ts'

const options = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }
// Windows has the one, macOS the other.
const absent = process.platform === 'win32' ? 'coreml' : 'directml'

const x = {
  dtype: 'float32',
  shape: [3, side],
  data: Float32Array.from({ length: 3 * side }, (_, at) => Math.sin(at)),
} as const

test('large weights are packed once, answer the same, and are mapped', async () => {
  const file = await writeLargeModel(await temporaryFolder())
  const plain = await onnx.load(file, options)
  const wanted = await plain.run({ x })
  await plain.release()
  const weights = join(await temporaryFolder(), 'weights')
  const [first, second] = await Promise.all([
    onnx.load(file, { ...options, weights }),
    onnx.load(file, { ...options, weights }),
  ])
  const [place = ''] = await readdir(weights)
  expect(await readdir(join(weights, place))).toEqual(['model.onnx', 'weights.bin'])
  for (const model of [first, second]) {
    expect(model.inputs).toEqual(plain.inputs)
    expect(await model.run({ x })).toEqual(wanted)
  }
  const maps = existsSync('/proc/self/maps') ? await readFile('/proc/self/maps', 'utf8') : place
  expect(maps).toContain(place)
  await Promise.all([first.release(), second.release()])
})

test('another provider than the CPU has its own copy', async () => {
  const file = await writeLargeModel(await temporaryFolder())
  const weights = join(await temporaryFolder(), 'weights')
  const tried = onnx.load(file, { ...options, weights, providers: [absent] })
  await expect(tried).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  expect(existsSync(weights)).toBe(false)
})

interface Asked {
  readonly file: string
  readonly folder: string
}

/** A model of so many bytes, none of which lies on the disk. */
async function ask(bytes: number): Promise<Asked> {
  const home = await temporaryFolder()
  const file = join(home, 'models', 'model.onnx')
  await mkdir(join(home, 'models'))
  await writeFile(file, '')
  await truncate(file, bytes)
  return { file, folder: join(home, 'weights') }
}

test('a small model is opened where it lies', async () => {
  const { file, folder } = await ask(shareFrom - 1)
  const save = (): Promise<void> => Promise.reject(new Error('asked to pack it'))
  expect(await shareWeights(file, folder, save)).toBe(file)
  expect(existsSync(folder)).toBe(false)
})

test('who comes while it is packed waits for it', async () => {
  const { file, folder } = await ask(shareFrom)
  let saves = 0
  const save = async (target: string): Promise<void> => {
    saves += 1
    await new Promise((resolve) => setTimeout(resolve, 60))
    await writeFile(target, 'packed')
  }
  const files = await Promise.all([1, 2, 3].map(() => shareWeights(file, folder, save)))
  expect(saves).toBe(1)
  expect(new Set(files).size).toBe(1)
  expect(await readFile(files[0] ?? '', 'utf8')).toBe('packed')
})

test('what cannot be packed is opened where it lies, and tried once', async () => {
  const { file, folder } = await ask(shareFrom)
  let saves = 0
  const save = async (target: string): Promise<void> => {
    saves += 1
    await writeFile(target, 'half of it')
    throw new Error('no space left')
  }
  expect(await shareWeights(file, folder, save)).toBe(file)
  expect(await shareWeights(file, folder, save)).toBe(file)
  expect(saves).toBe(1)
})
